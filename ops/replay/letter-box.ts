import { buffer } from "node:stream/consumers";
import { ObjectStorageClient, type responses } from "oci-objectstorage";
import type { Result } from "../../src/problem.ts";
import { DEAD_LETTER_PREFIX, REJECTED_PREFIX } from "../../src/store/dead-letters.ts";
import type { Access } from "../access.ts";
import { whyRefused } from "../refusal.ts";
import { sdkClient } from "../sdk-client.ts";
import { bytesOf, isOfLines, type LetterObject, letterObject, type ReplayableLetter } from "./letter-object.ts";

export interface LetterBox {
  /** Names of the objects with dead letters from that day on, in the order of their days. */
  names: (from: string | undefined) => AsyncIterable<string>;
  /** Undefined if it is gone by now, or none of ours. */
  open: (name: string) => Promise<LetterObject | undefined>;
  /** Takes letters out of their object, and deletes it with the last line. Gives why they are still in it. */
  takeOut: (object: LetterObject, letters: ReadonlySet<ReplayableLetter>) => Promise<string | undefined>;
  /** How many objects of rejected input are kept beside them. */
  countRejected: () => Promise<Result<number>>;
}

export interface BoxOptions extends Access {
  bucket: string;
  /** Is told of an object among the dead letters that is none. */
  foreign: (name: string) => void;
  /** Is told of a line, or of an object, that was a dead letter and cannot be read. */
  unreadable: (where: string, problem: string) => void;
}

/** How the relay ends the name of what it keeps (src/store/dead-letters.ts): whatever is in it, that was a letter. */
const OWN_NAME = /\.[0-9a-f]{12,16}\.(?:nd)?json$/;

/** The bucket of dead letters. Errors say what OCI refused and what to do. */
export async function openLetterBox({ bucket, foreign, unreadable, ...access }: BoxOptions): Promise<LetterBox> {
  const client = sdkClient(ObjectStorageClient, access);
  const refused = (error: unknown): never => {
    throw new Error(whyRefused(`Object Storage, bucket ${bucket}`, error));
  };
  const namespaceName = (await client.getNamespace({}).catch(refused)).value;
  const place = { namespaceName, bucketName: bucket };

  async function read(name: string): Promise<LetterObject | undefined> {
    const answer = await client
      .getObject({ ...place, objectName: name })
      .catch((error) => (error?.statusCode === 404 ? undefined : refused(error)));
    if (answer === undefined) return undefined;
    const body = await buffer(answer.value as Parameters<typeof buffer>[0]).catch(refused);
    return letterObject({ name, etag: answer.eTag }, body);
  }

  /** Undefined: somebody has changed the object meanwhile. */
  async function write({ name, etag, lines }: LetterObject): Promise<string | undefined> {
    const object = { ...place, objectName: name, ifMatch: etag };
    const isChanged = (error: { statusCode?: number }) => (error?.statusCode === 412 ? undefined : refused(error));
    if (lines.length === 0) {
      const gone = (error: { statusCode?: number }) => (error?.statusCode === 404 ? true : isChanged(error));
      return (await client.deleteObject(object).catch(gone)) === undefined ? undefined : "";
    }
    const contentType = isOfLines(name) ? "application/x-ndjson" : "application/json";
    return (await client.putObject({ ...object, contentType, putObjectBody: bytesOf(lines) }).catch(isChanged))?.eTag;
  }

  /** False: somebody else has changed the object meanwhile, and it is as it was. */
  async function writeWithout(object: LetterObject, from: LetterObject, texts: ReadonlySet<string>): Promise<boolean> {
    const left = { ...from, lines: from.lines.filter(({ text }) => !texts.has(text)) };
    const etag = await write(left);
    if (etag !== undefined) Object.assign(object, left, { etag });
    return etag !== undefined;
  }

  async function* listed(prefix: string, from = ""): AsyncIterable<string> {
    let start: string | undefined = `${prefix}${from}`;
    while (start !== undefined) {
      const page: responses.ListObjectsResponse = await client.listObjects({ ...place, prefix, start }).catch(refused);
      // The console makes an empty object of a folder's name.
      for (const { name } of page.listObjects.objects) if (!name.endsWith("/")) yield name;
      start = page.listObjects.nextStartWith;
    }
  }

  return {
    names: (from) => listed(DEAD_LETTER_PREFIX, from),
    async open(name) {
      const object = await read(name);
      if (object === undefined) return undefined;
      const { lines } = object;
      if (!OWN_NAME.test(name) && lines.every(({ letter }) => !letter.ok)) {
        foreign(name);
        return undefined;
      }
      for (const { number, letter } of lines)
        if (!letter.ok) unreadable(isOfLines(name) ? `${name}, line ${number}` : name, letter.problem);
      return object;
    },
    async takeOut(object, letters) {
      const texts = new Set([...letters].map(({ text }) => text));
      try {
        if (await writeWithout(object, object, texts)) return undefined;
        // Another operator was here: their letters stay out, and so do ours.
        const now = await read(object.name);
        if (now === undefined) object.lines = [];
        else if (!(await writeWithout(object, now, texts))) return "somebody else is changing it";
        return undefined;
      } catch (error) {
        return messageOf(error);
      }
    },
    async countRejected() {
      try {
        let count = 0;
        for await (const _ of listed(REJECTED_PREFIX)) count++;
        return { ok: true, value: count };
      } catch (error) {
        return { ok: false, problem: messageOf(error) };
      }
    },
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
