import { ConfigFileAuthenticationDetailsProvider } from "oci-common";
import { EventsClient, type models } from "oci-events";
import { FunctionsManagementClient } from "oci-functions";
import { IdentityClient } from "oci-identity";
import { ObjectStorageClient } from "oci-objectstorage";
import { NotificationControlPlaneClient } from "oci-ons";

/** Where a local relay stands in a local tenancy. */
export interface DevInstallation {
  functionId: string;
  topicId: string;
  /** The function's configuration. */
  config: Record<string, string>;
}

export interface DevInstallationOptions {
  /** Of the emulator. */
  url: string;
  /** Of an administrator, profile DEFAULT. */
  configFile: string;
  compartmentId: string;
  /** Where the webhooks go. */
  webhookUrl: string;
  secretKey: string;
  /** Takes the place of ours; an empty value takes one of ours away. */
  ownConfiguration: Readonly<Record<string, string>>;
}

export const APPLICATION = "relay";
export const FUNCTION = "oci-event-relay";
export const IMAGE = "oci-event-relay:dev";
export const RULE = "everything";
export const DEAD_LETTER_BUCKET = "relay-dead-letters";
export const DEDUPE_BUCKET = "relay-dedupe";
const TOPIC = "relay";
const GROUP = "relay-functions";
const POLICY = "relay";
const SUBNET = "ocid1.subnet.oc1..aaaaaaaalocalexamplesubnet";

/**
 * Installs a relay in an empty local tenancy, with the clients and by the steps that a real one takes. The rule, last,
 * stands in the tenancy, so that it hears events of identity and of every compartment.
 *
 * @throws OciError with the emulator's own words, such as for a configuration that is too long
 */
export async function installForDev(options: DevInstallationOptions): Promise<DevInstallation> {
  const { url, configFile, compartmentId } = options;
  const authenticationDetailsProvider = new ConfigFileAuthenticationDetailsProvider(configFile);
  const tenancyId = authenticationDetailsProvider.getTenantId();
  const auth = { authenticationDetailsProvider };
  const clients = {
    ons: new NotificationControlPlaneClient(auth),
    storage: new ObjectStorageClient(auth),
    functions: new FunctionsManagementClient(auth),
    identity: new IdentityClient(auth),
    events: new EventsClient(auth),
  };
  for (const client of Object.values(clients)) client.endpoint = url;
  try {
    return await install();
  } finally {
    for (const client of Object.values(clients)) client.close();
  }

  async function install(): Promise<DevInstallation> {
    const { ons, storage, functions, identity, events } = clients;
    const { notificationTopic } = await ons.createTopic({ createTopicDetails: { name: TOPIC, compartmentId } });
    const topicId = notificationTopic.topicId;
    const namespaceName = (await storage.getNamespace({})).value;
    for (const name of [DEAD_LETTER_BUCKET, DEDUPE_BUCKET]) {
      // Without events of its objects: the relay would be told of what it keeps itself.
      const createBucketDetails = { name, compartmentId, objectEventsEnabled: false };
      await storage.createBucket({ namespaceName, createBucketDetails });
    }
    const config = configuration(options, topicId);
    const application = await functions.createApplication({
      createApplicationDetails: { compartmentId, displayName: APPLICATION, subnetIds: [SUBNET] },
    });
    const created = await functions.createFunction({
      createFunctionDetails: {
        ...{ applicationId: application.application.id, displayName: FUNCTION, image: IMAGE, config },
        ...{ memoryInMBs: 256, timeoutInSeconds: 60 },
      },
    });
    const functionId = created.function.id;
    const permitted = permissions({ functionId, compartmentId, tenancyId });
    await identity.createDynamicGroup({ createDynamicGroupDetails: permitted.group });
    await identity.createPolicy({ createPolicyDetails: permitted.policy });
    const action: models.CreateFaaSActionDetails = { actionType: "FAAS", functionId, isEnabled: true };
    await events.createRule({
      createRuleDetails: {
        ...{ displayName: RULE, compartmentId: tenancyId, isEnabled: true, condition: "{}" },
        actions: { actions: [action] },
      },
    });
    return { functionId, topicId, config };
  }
}

function configuration(options: DevInstallationOptions, topicId: string): Record<string, string> {
  const config = {
    WEBHOOK_URL: options.webhookUrl,
    WEBHOOK_SECRET_KEY: options.secretKey,
    ONS_TOPIC_ID: topicId,
    DEAD_LETTER_BUCKET,
    DEDUPE_BUCKET,
    ...options.ownConfiguration,
  };
  return Object.fromEntries(Object.entries(config).filter(([, value]) => value !== ""));
}

/** As a real relay has them, and secrets of every compartment, for `vault:` in whatever configuration is tried. */
function permissions(ids: { functionId: string; compartmentId: string; tenancyId: string }) {
  const { functionId, compartmentId, tenancyId } = ids;
  const place = `compartment id ${compartmentId}`;
  const buckets = [DEAD_LETTER_BUCKET, DEDUPE_BUCKET].map((name) => `target.bucket.name='${name}'`).join(", ");
  const description = "Of the relay that is tried here.";
  return {
    group: { compartmentId: tenancyId, name: GROUP, description, matchingRule: `ALL {resource.id = '${functionId}'}` },
    policy: {
      ...{ compartmentId: tenancyId, name: POLICY, description },
      statements: [
        `Allow dynamic-group ${GROUP} to use ons-topics in ${place} where request.permission='ONS_TOPIC_PUBLISH'`,
        `Allow dynamic-group ${GROUP} to manage objects in ${place} where any {${buckets}}`,
        `Allow dynamic-group ${GROUP} to read secret-bundles in tenancy`,
        `Allow service cloudEvents to use functions-family in ${place}`,
      ],
    },
  };
}
