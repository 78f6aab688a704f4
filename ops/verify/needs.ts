import { unlessGone } from "../provision/kind.ts";
import { bucketsOf, topicsOf, type Walk } from "./check.ts";

/** One thing that the function must be allowed, and the statement that allows it. */
export interface Need {
  /** For people: "publish on ocid1.onstopic…" */
  what: string;
  permissions: readonly string[];
  /** That of the topic or the bucket: not always the relay's own. */
  compartmentId: string;
  variables: Readonly<Record<string, string>>;
  statement: string;
}

/** What the function asks of OCI, by its configuration. Of a secret in the vault nobody here can tell where it lies: the synthetic event tells. */
export async function needsOf(walk: Walk): Promise<Need[]> {
  const { place, fn } = walk;
  if (!fn?.relay.ok) return [];
  const { dedupeBucket } = fn.relay.relay;
  const { clients, namespaceName, tenancyId } = place;
  const allow = (what: string, compartmentId: string) => {
    const scope = compartmentId === tenancyId ? "tenancy" : `compartment id ${compartmentId}`;
    const [thing, where] = what.split(" where ");
    return `Allow dynamic-group ${place.owner}-function to ${thing} in ${scope} where ${where}`;
  };
  const topics = topicsOf(walk).map(async (topicId): Promise<Need> => {
    const found = await unlessGone(clients.topics.getTopic({ topicId }));
    const compartmentId = found?.notificationTopic.compartmentId ?? place.compartmentId;
    const statement = allow("use ons-topics where request.permission='ONS_TOPIC_PUBLISH'", compartmentId);
    return {
      what: `publish on ${topicId}`,
      permissions: ["ONS_TOPIC_PUBLISH"],
      compartmentId,
      variables: {},
      statement,
    };
  });
  const buckets = bucketsOf(walk).map(async (bucketName): Promise<Need> => {
    const found = await unlessGone(clients.storage.getBucket({ namespaceName, bucketName }));
    const compartmentId = found?.bucket.compartmentId ?? place.compartmentId;
    const permissions = bucketName === dedupeBucket ? CLAIMS : LETTERS;
    const statement = allow(`manage objects where target.bucket.name='${bucketName}'`, compartmentId);
    const variables = { "target.bucket.name": bucketName };
    return { what: `write to the bucket ${bucketName}`, permissions, compartmentId, variables, statement };
  });
  return Promise.all([...topics, ...buckets]);
}

/** What src/store/ asks for. */
const CLAIMS = ["OBJECT_CREATE", "OBJECT_OVERWRITE", "OBJECT_READ", "OBJECT_DELETE"];
const LETTERS = ["OBJECT_CREATE", "OBJECT_INSPECT"];
