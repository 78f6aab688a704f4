import type { models } from "oci-secrets";
import type { Failure } from "./deliver/destination.ts";
import { type Service, serviceAttempt, unsignedAttempt } from "./deliver/service-error.ts";
import type { SendContext } from "./http/send.ts";
import { parseJson } from "./json.ts";
import { isRecord } from "./problem.ts";
import { type OciAccess, sendSigned } from "./signed-request.ts";

/** The texts of secrets by OCID, or what kept them from being read. */
export type Secrets = { ok: true; secrets: ReadonlyMap<string, string> } | { ok: false; failure: Failure };

export interface Vault {
  /** @param sinceMs what was read until then does not count: the receiver has refused it. Default: what is still fresh does. */
  read(ids: readonly string[], context: SendContext, sinceMs?: number): Promise<Secrets>;
  /** Loads what the first reading needs. */
  prepare(): Promise<void>;
}

interface Entry {
  text: string;
  /** Epoch milliseconds, of the request. */
  readMs: number;
  freshUntilMs: number;
}

/** How long a container believes what it has read. A change is seen earlier if the receiver refuses the old secret. */
const FRESH_MS = 10 * 60_000;
/** While the vault cannot be reached the old secret serves on: better than none. */
const STALE_MS = 60 * 60_000;
/** The vault is not asked again for so long after it could not be reached. */
const LEFT_ALONE_MS = 30_000;

const ENDPOINT = "https://secrets.vaults.{region}.oci.{secondLevelDomain}";

/** Secrets of OCI Vault, kept in this container's memory and nowhere else. Requests at the same time share one. */
export function createVault(access: OciAccess, now: () => number): Vault {
  const entries = new Map<string, Entry>();
  const pending = new Map<string, Promise<string | Failure>>();

  async function fetchBundle(id: string, context: SendContext): Promise<string | Failure> {
    const readMs = now();
    try {
      const path = `/20190301/secretbundles/${encodeURIComponent(id)}?stage=CURRENT`;
      const request = { method: "GET" as const, endpoint: ENDPOINT, path, headers: {}, body: "" };
      const { answer, sent } = await sendSigned(access, request, context);
      const attempt = serviceAttempt(answer, VAULT, { sent, nowMs: now() });
      if (attempt.verdict !== "done") return { ...attempt, problem: `${nameOf(id)}: ${attempt.problem}` };
      const text = answer.ok && answer.isWhole ? textIn(answer.body) : undefined;
      if (text === undefined) {
        return {
          verdict: "give-up",
          problem: `${nameOf(id)}: Vault's answer holds no text; expected a secret of UTF-8 in base64`,
        };
      }
      entries.set(id, { text, readMs, freshUntilMs: readMs + FRESH_MS });
      return text;
    } catch (error) {
      return unsignedAttempt(error) as Failure;
    }
  }

  async function readOne(id: string, context: SendContext, sinceMs: number | undefined): Promise<string | Failure> {
    const entry = entries.get(id);
    const isFresh = sinceMs === undefined ? now() < (entry?.freshUntilMs ?? 0) : (entry?.readMs ?? 0) > sinceMs;
    if (entry !== undefined && isFresh) return entry.text;
    const fetching = pending.get(id) ?? fetchBundle(id, context).finally(() => pending.delete(id));
    pending.set(id, fetching);
    const read = await fetching;
    const isPassing = typeof read !== "string" && read.verdict === "retry";
    if (!isPassing || entry === undefined || now() >= entry.readMs + STALE_MS) return read;
    entry.freshUntilMs = Math.max(entry.freshUntilMs, now() + LEFT_ALONE_MS);
    return entry.text;
  }

  return {
    async read(ids, context, sinceMs) {
      const read = await Promise.all(ids.map(async (id) => [id, await readOne(id, context, sinceMs)] as const));
      const secrets = new Map<string, string>();
      for (const [id, text] of read) {
        if (typeof text !== "string") return { ok: false, failure: text };
        secrets.set(id, text);
      }
      return { ok: true, secrets };
    },
    prepare: async () => void (await access.principal().catch(() => undefined)),
  };
}

function nameOf(id: string): string {
  return `the secret …${id.slice(-6)}`;
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** The text of a secret bundle, less one line break at its end: `echo` and editors leave one, and no secret means it. */
function textIn(body: string): string | undefined {
  const parsed = parseJson(body);
  const bundle = parsed.ok && isRecord(parsed.value) ? parsed.value : {};
  const { contentType, content } = (
    isRecord(bundle.secretBundleContent) ? bundle.secretBundleContent : {}
  ) as Partial<models.Base64SecretBundleContentDetails>;
  if (contentType !== "BASE64" || typeof content !== "string") return undefined;
  try {
    return utf8.decode(Buffer.from(content, "base64")).replace(/\r?\n$/, "");
  } catch {
    return undefined;
  }
}

const VAULT: Service = {
  name: "OCI Vault",
  hints: new Map([
    [
      404,
      "no such secret, or no policy lets this function read it: Allow dynamic-group <name> to read secret-bundles in compartment id <ocid>",
    ],
  ]),
  isPassing: (status) => status === 401 || status === 409,
};
