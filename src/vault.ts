import type { models } from "oci-secrets";
import type { Failure } from "./deliver/destination.ts";
import { type Service, serviceAttempt } from "./deliver/service-error.ts";
import { unsignedAttempt } from "./deliver/unsigned-attempt.ts";
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
/** Where the old secret can serve on, the vault is not asked again for so long after it could not be reached. */
const LEFT_ALONE_MS = 30_000;
/** Where the old secret can serve on, the vault is waited for no longer, and for no more of the time that is left. */
const MAX_WAIT_MS = 1_000;
const MAX_WAIT_SHARE = 1 / 4;

const ENDPOINT = "https://secrets.vaults.{region}.oci.{secondLevelDomain}";

/** Secrets of OCI Vault, kept in this container's memory and nowhere else. Requests at the same time share one. */
export function createVault(access: OciAccess, now: () => number): Vault {
  const entries = new Map<string, Entry>();
  const pending = new Map<string, { sinceMs: number; reading: Promise<string | Failure> }>();

  async function fetchBundle(id: string, context: SendContext): Promise<string | Failure> {
    const readMs = now();
    const failed = (failure: Failure): Failure => ({
      ...failure,
      problem: `the secret …${id.slice(-6)}: ${failure.problem}`,
      about: "vault",
    });
    const path = `/20190301/secretbundles/${encodeURIComponent(id)}?stage=CURRENT`;
    const request = { method: "GET" as const, endpoint: ENDPOINT, path, headers: {}, body: "" };
    let signed: Awaited<ReturnType<typeof sendSigned>>;
    try {
      signed = await sendSigned(access, request, context);
    } catch (error) {
      return failed(unsignedAttempt(error));
    }
    const { answer, sent } = signed;
    const attempt = serviceAttempt(answer, VAULT, { sent, nowMs: now() });
    if (attempt.verdict !== "done") return failed(attempt);
    if (!answer.ok || !answer.isWhole) return failed({ verdict: "retry", problem: "Vault's answer was cut short" });
    const text = textIn(answer.body);
    if (text === undefined) {
      const problem = "Vault's answer holds no text; expected a secret of UTF-8 in base64";
      return failed({ verdict: "give-up", problem });
    }
    entries.set(id, { text, readMs, freshUntilMs: readMs + FRESH_MS });
    return text;
  }

  /** Who asks at the same time shares one request, unless it began before the secret was refused. */
  function fetchOnce(id: string, context: SendContext, sinceMs: number): Promise<string | Failure> {
    const current = pending.get(id);
    if (current !== undefined && current.sinceMs > sinceMs) return current.reading;
    const reading = fetchBundle(id, context).finally(() => {
      if (pending.get(id)?.reading === reading) pending.delete(id);
    });
    pending.set(id, { sinceMs: now(), reading });
    return reading;
  }

  async function readOne(id: string, context: SendContext, sinceMs: number | undefined): Promise<string | Failure> {
    const entry = entries.get(id);
    // What was refused is no help, however fresh: then it is a newer one or none.
    if (sinceMs !== undefined) {
      return entry !== undefined && entry.readMs > sinceMs ? entry.text : fetchOnce(id, context, sinceMs);
    }
    if (entry === undefined || now() >= entry.readMs + STALE_MS) return fetchOnce(id, context, -1);
    if (now() < entry.freshUntilMs) return entry.text;
    const endMs = now() + Math.min(MAX_WAIT_MS, context.leftMs() * MAX_WAIT_SHARE);
    const read = await fetchOnce(id, { ...context, leftMs: () => endMs - now() }, -1);
    if (typeof read === "string" || read.verdict !== "retry") return read;
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
