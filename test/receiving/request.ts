import { randomBytes, randomUUID } from "node:crypto";
import { fixture, golden } from "../../local/fixtures.ts";
import { LOCAL_SECRET_KEY, type Rig, startRig } from "../../local/rig.ts";
import { standardWebhooksHeaders } from "../../src/deliver/standard-webhooks.ts";
import { yunionHeaders } from "../../src/deliver/yunion.ts";

export const FIXTURE = "instance-launched";
export const SECRET_KEY = LOCAL_SECRET_KEY;

const secret = () => `whsec_${randomBytes(32).toString("base64")}`;
export const SECRETS = { new: secret(), old: secret(), another: secret() };

/** A request with all of its headers. */
export interface Whole {
  headers: Record<string, string>;
  body: Buffer;
}

/** A whole relay that signs with both secrets and knows but one destination. */
export function startRelay(): Promise<Rig> {
  return startRig({ config: { ONS_TOPIC_ID: "", WEBHOOK_SIGNING_SECRETS: `${SECRETS.new} ${SECRETS.old}` } });
}

/** A request as the built relay has sent it. */
export async function realRequest(rig: Rig): Promise<Whole> {
  await rig.host.invoke(fixture(FIXTURE));
  const [received] = rig.sink.received;
  if (received === undefined) throw new Error(`the relay sent nothing:\n${rig.logs.join("\n")}`);
  const { host, connection, "content-length": length, ...headers } = received.headers;
  return { headers: headers as Record<string, string>, body: received.body };
}

/** One that the relay's own code has signed: where no change is asked for, just now, with both secrets, and with an id of its own. */
export function signedRequest(
  change: { id?: string | undefined; ageS?: number; secrets?: readonly string[]; body?: string | undefined } = {},
): Whole {
  const {
    id = randomUUID(),
    ageS = 0,
    secrets = [SECRETS.new, SECRETS.old],
    body = golden(FIXTURE).body ?? "",
  } = change;
  const signature = standardWebhooksHeaders({
    eventId: id,
    timestamp: Math.floor(Date.now() / 1000) - ageS,
    body,
    keys: secrets.map((each) => Buffer.from(each.slice("whsec_".length), "base64")),
  });
  const headers = {
    ...yunionHeaders({ robot: { secret_key: SECRET_KEY }, event: "server/create", body }),
    ...signature,
  };
  // In lower case, as a receiver sees them.
  const seen = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
  return { headers: Object.fromEntries(seen), body: Buffer.from(body) };
}
