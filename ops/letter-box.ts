import { text } from "node:stream/consumers";
import type { AuthenticationDetailsProvider } from "oci-common";
import { ObjectStorageClient, type responses } from "oci-objectstorage";
import { parseJson, stringifyJson } from "../src/json.ts";
import { isRecord } from "../src/problem.ts";
import { DEAD_LETTER_PREFIX, REJECTED_PREFIX } from "../src/store/dead-letters.ts";
import { whyRefused } from "./refusal.ts";

/** An object of the bucket: one dead letter, or those of a batch. */
export interface LetterObject {
  name: string;
  etag: string;
  letters: ReplayableLetter[];
}

export interface ReplayableLetter {
  destination: string;
  id: string;
  reason: string;
  /** As it is kept, and as it is sent. */
  value: Record<string, unknown>;
}

export interface LetterBox {
  /** Names of the objects with dead letters from that day on, in the order of their days. */
  names: (from: string | undefined) => AsyncIterable<string>;
  /** Undefined if it is gone by now. */
  open: (name: string) => Promise<LetterObject | undefined>;
  /** Leaves in the object only those letters; deletes it if there are none. */
  leave: (object: LetterObject, letters: readonly ReplayableLetter[]) => Promise<void>;
  /** How many inputs were rejected, and are kept beside them: at most a thousand are counted. */
  countRejected: () => Promise<number>;
}

export interface BoxOptions {
  bucket: string;
  identity: AuthenticationDetailsProvider;
  endpoint?: string;
  region?: string;
}

/** The bucket of dead letters. Errors say what OCI refused and what to do. */
export async function openLetterBox({ bucket, identity, endpoint, region }: BoxOptions): Promise<LetterBox> {
  const client = new ObjectStorageClient({ authenticationDetailsProvider: identity });
  if (region !== undefined) client.regionId = region;
  if (endpoint !== undefined) client.endpoint = endpoint;
  const refused = (error: unknown): never => {
    throw new Error(whyRefused(`Object Storage, bucket ${bucket}`, error));
  };
  const namespaceName = (await client.getNamespace({}).catch(refused)).value;
  const place = { namespaceName, bucketName: bucket };

  return {
    async *names(from) {
      let start: string | undefined = `${DEAD_LETTER_PREFIX}${from ?? ""}`;
      while (start !== undefined) {
        const listed: responses.ListObjectsResponse = await client
          .listObjects({ ...place, prefix: DEAD_LETTER_PREFIX, start })
          .catch(refused);
        for (const { name } of listed.listObjects.objects) yield name;
        start = listed.listObjects.nextStartWith;
      }
    },
    async open(name) {
      const answer = await client
        .getObject({ ...place, objectName: name })
        .catch((error) => (error?.statusCode === 404 ? undefined : refused(error)));
      if (answer === undefined) return undefined;
      const body = await text(answer.value as Parameters<typeof text>[0]);
      const texts = name.endsWith(".ndjson") ? body.split("\n").filter((line) => line !== "") : [body];
      return { name, etag: answer.eTag, letters: texts.map((each) => letterOf(each, name)) };
    },
    async leave({ name, etag }, letters) {
      const object = { ...place, objectName: name, ifMatch: etag };
      if (letters.length === 0) {
        await client.deleteObject(object).catch(refused);
        return;
      }
      const lines = letters.map(({ value }) => `${stringifyJson(value)}\n`);
      await client.putObject({ ...object, putObjectBody: lines.join("") }).catch(refused);
    },
    async countRejected() {
      const { listObjects } = await client.listObjects({ ...place, prefix: REJECTED_PREFIX }).catch(refused);
      return listObjects.objects.length;
    },
  };
}

function letterOf(json: string, name: string): ReplayableLetter {
  const parsed = parseJson(json);
  const value = parsed.ok && isRecord(parsed.value) ? parsed.value : {};
  const { destination, id, reason } = value;
  if (value.deadLetter !== 1 || !isRecord(destination) || typeof destination.name !== "string") {
    throw new Error(
      `${name} is no dead letter of the relay; take it out of the bucket, or from under ${DEAD_LETTER_PREFIX}`,
    );
  }
  return { destination: destination.name, id: String(id), reason: String(reason), value };
}
