import { createRedactor, textsIn } from "../../src/deliver/excerpt.ts";
import type { WebhookTarget } from "../../src/deliver/webhook-target.ts";
import { stringifyJson } from "../../src/json.ts";
import { isRecord } from "../../src/problem.ts";
import { wireJson } from "../../src/wire-json.ts";
import type { CapturedRequest } from "./capture.ts";

/** A request that may be shown: nothing in it would let anybody send one. */
export interface MaskedRequest {
  method: string;
  url: string;
  headers: readonly (readonly [name: string, value: string])[];
  body: string;
  /** Of the body as it would be sent. */
  bytes: number;
}

const MASK = "****";

/** Signatures, tokens and what stands for them, by whomever they are made. */
const SECRET_HEADER = /^(authorization|proxy-authorization|cookie|x-auth-token|webhook-signature)$/i;

/**
 * Of the URL the origin is left; of header values that the configuration gives, and of signatures and tokens, their scheme.
 * @param named writes `vault:<OCID>` where a secret of the vault would stand
 */
export function maskedWebhook(
  request: CapturedRequest,
  webhook: WebhookTarget,
  named: (text: string) => string,
): MaskedRequest {
  const { robot, authHeader } = webhook;
  const own = new Set(
    [...Object.keys(recordOf(robot.header)), authHeader?.[0] ?? ""].map((name) => name.toLowerCase()),
  );
  const headers = request.headers.map(([name, value]): [string, string] => {
    const isSecret = own.has(name.toLowerCase()) || SECRET_HEADER.test(name);
    return [name, isSecret ? maskedValue(value, named) : named(value)];
  });
  return {
    ...shared(request),
    url: originOf(request.url, named),
    headers,
    body: bodyText(request.body.toString(), webhook, named),
  };
}

/** A request for an access token: what the client says it is stays, how it proves it does not. */
export function maskedTokenRequest(request: CapturedRequest, named: (text: string) => string): MaskedRequest {
  const form = new URLSearchParams(request.body.toString());
  if (form.has("client_secret")) form.set("client_secret", MASK);
  const headers = request.headers.map(([name, value]): [string, string] => [
    name,
    SECRET_HEADER.test(name) ? maskedValue(value, named) : named(value),
  ]);
  const body = named(decodeURIComponent(form.toString()));
  return { ...shared(request), url: originOf(request.url, named), headers, body };
}

/** A request to a service of OCI: all but the key and the signature may be seen. */
export function maskedSigned(request: CapturedRequest): MaskedRequest {
  const headers = request.headers.map(([name, value]): [string, string] => [
    name,
    name.toLowerCase() === "authorization" ? value.replace(/(keyId|signature)="[^"]*"/g, `$1="${MASK}"`) : value,
  ]);
  return { ...shared(request), url: request.url, headers, body: request.body.toString() };
}

function shared({ method, body }: CapturedRequest): Pick<MaskedRequest, "method" | "bytes"> {
  return { method, bytes: body.byteLength };
}

function originOf(url: string, named: (text: string) => string): string {
  const inVault = named(url);
  if (inVault !== url) return inVault;
  const { origin, pathname, search } = new URL(url);
  return pathname + search === "/" ? `${origin}/` : `${origin}/${MASK}`;
}

/** "Bearer ****", "v1,**** v1,****", or where the secret is kept: "Bearer vault:ocid1.vaultsecret…". */
function maskedValue(value: string, named: (text: string) => string): string {
  const inVault = named(value);
  if (inVault !== value) return inVault;
  if (/^v1,\S+( v1,\S+)*$/.test(value)) return value.replace(/v1,\S+/g, `v1,${MASK}`);
  const scheme = /^(Basic|Bearer|Token|Digest|Splunk|ApiKey|Key) (?=\S)/i.exec(value)?.[0] ?? "";
  return value === "" ? "" : scheme + MASK;
}

/** What the configuration adds to the body may be a secret, and what else was read as one. */
function bodyText(body: string, webhook: WebhookTarget, named: (text: string) => string): string {
  const { robot, secretTexts } = webhook;
  const added = Object.entries(recordOf(robot.body)).reduce(
    (text, [key, value]) =>
      [wireJson, (each: unknown) => stringifyJson(each)].reduce(
        (rest, written) =>
          rest.replaceAll(`${written(key)}:${written(value)}`, () => `${written(key)}:${masked(value, named)}`),
        text,
      ),
    body,
  );
  const known = new Set([...textsIn(robot.body), ...textsIn(robot.header)]);
  const redact = createRedactor(
    [...secretTexts, robot.secret_key ?? ""].filter((text) => !known.has(text)),
    MASK,
  );
  return named(redact(added));
}

/** JSON of the same shape. */
function masked(value: unknown, named: (text: string) => string): string {
  if (Array.isArray(value)) return `[${value.map((item) => masked(item, named)).join(",")}]`;
  if (isRecord(value)) {
    const members = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}:${masked(item, named)}`);
    return `{${members.join(",")}}`;
  }
  if (value === null || typeof value === "boolean") return String(value);
  const inVault = named(String(value));
  return JSON.stringify(inVault === String(value) ? MASK : inVault);
}

function recordOf(value: unknown): Record<string, unknown> {
  return isRecord(value) ? value : {};
}
