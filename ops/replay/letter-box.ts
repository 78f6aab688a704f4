import { text } from "node:stream/consumers";
import { ObjectStorageClient, type responses } from "oci-objectstorage";
import { parseJson, stringifyJson } from "../../src/json.ts";
import { isRecord } from "../../src/problem.ts";
import { DEAD_LETTER_PREFIX, REJECTED_PREFIX } from "../../src/store/dead-letters.ts";
import type { Access } from "../access.ts";
import { whyRefused } from "../refusal.ts";
import { sdkClient } from "../sdk-client.ts";

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
  /** Undefined if it is gone by now, or none of ours. */
  open: (name: string) => Promise<LetterObject | undefined>;
  /** Takes letters out of their object, and deletes it with the last one. */
  takeOut: (object: LetterObject, letters: ReadonlySet<ReplayableLetter>) => Promise<void>;
  /** How many inputs were rejected, and are kept beside them: at most a thousand are counted. */
  countRejected: () => Promise<number>;
}

export interface BoxOptions extends Access {
  bucket: string;
  /** Is told of an object among the dead letters that is none. */
  foreign: (name: string) => void;
}

/** The bucket of dead letters. Errors say what OCI refused and what to do. */
export async function openLetterBox({ bucket, foreign, ...access }: BoxOptions): Promise<LetterBox> {
  const client = sdkClient(ObjectStorageClient, access);
  const refused = (error: unknown): never => {
    throw new Error(whyRefused(`Object Storage, bucket ${bucket}`, error));
  };
  const namespaceName = (await client.getNamespace({}).catch(refused)).value;
  const place = { namespaceName, bucketName: bucket };

  async function open(name: string): Promise<LetterObject | undefined> {
    const answer = await client
      .getObject({ ...place, objectName: name })
      .catch((error) => (error?.statusCode === 404 ? undefined : refused(error)));
    if (answer === undefined) return undefined;
    const body = await text(answer.value as Parameters<typeof text>[0]);
    const texts = name.endsWith(".ndjson") ? body.split("\n").filter((line) => line !== "") : [body];
    const letters = texts.flatMap((each) => letterOf(each) ?? []);
    if (letters.length === texts.length) return { name, etag: answer.eTag, letters };
    foreign(name);
    return undefined;
  }

  /** Undefined: somebody has changed the object meanwhile. */
  async function write({ name, etag, letters }: LetterObject): Promise<string | undefined> {
    const object = { ...place, objectName: name, ifMatch: etag };
    const isChanged = (error: { statusCode?: number }) => (error?.statusCode === 412 ? undefined : refused(error));
    if (letters.length === 0) {
      const gone = (error: { statusCode?: number }) => (error?.statusCode === 404 ? true : isChanged(error));
      return (await client.deleteObject(object).catch(gone)) === undefined ? undefined : "";
    }
    const contentType = name.endsWith(".ndjson") ? "application/x-ndjson" : "application/json";
    const putObjectBody = letters.map(({ value }) => `${stringifyJson(value)}\n`).join("");
    return (await client.putObject({ ...object, contentType, putObjectBody }).catch(isChanged))?.eTag;
  }

  return {
    open,
    async *names(from) {
      let start: string | undefined = `${DEAD_LETTER_PREFIX}${from ?? ""}`;
      while (start !== undefined) {
        const listed: responses.ListObjectsResponse = await client
          .listObjects({ ...place, prefix: DEAD_LETTER_PREFIX, start })
          .catch(refused);
        // The console makes an empty object of a folder's name.
        for (const { name } of listed.listObjects.objects) if (!name.endsWith("/")) yield name;
        start = listed.listObjects.nextStartWith;
      }
    },
    async takeOut(object, letters) {
      const left = { ...object, letters: object.letters.filter((letter) => !letters.has(letter)) };
      const etag = await write(left);
      if (etag !== undefined) {
        Object.assign(object, left, { etag });
        return;
      }
      // Another operator was here: their letters stay out, and so do ours.
      const now = await open(object.name);
      if (now === undefined) return;
      const texts = new Set([...letters].map(({ value }) => stringifyJson(value)));
      const rest = { ...now, letters: now.letters.filter(({ value }) => !texts.has(stringifyJson(value))) };
      const again = await write(rest);
      if (again === undefined)
        throw new Error(`${object.name} is being changed by somebody else; what was sent stays in it`);
      Object.assign(object, rest, { etag: again });
    },
    async countRejected() {
      const { listObjects } = await client.listObjects({ ...place, prefix: REJECTED_PREFIX }).catch(refused);
      return listObjects.objects.length;
    },
  };
}

/** Undefined for what is no dead letter of the relay. */
function letterOf(json: string): ReplayableLetter | undefined {
  const parsed = parseJson(json);
  const value = parsed.ok && isRecord(parsed.value) ? parsed.value : {};
  const { destination, id, reason } = value;
  if (value.deadLetter !== 1 || !isRecord(destination) || typeof destination.name !== "string") return undefined;
  return { destination: destination.name, id: String(id), reason: String(reason), value };
}
