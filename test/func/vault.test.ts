import { createHmac } from "node:crypto";
import { afterEach, describe, expect, test } from "vitest";
import { fixture } from "../../local/fixtures.ts";
import { LOCAL_BUCKET, type Rig, replyOf, startRig } from "../../local/rig.ts";
import type { EventReply } from "../../src/outcome.ts";
import { freshEvent } from "../fresh-event.ts";
import { aSecret } from "../leaks/secret.ts";

const KEY_ID = "ocid1.vaultsecret.oc1.phx.aaaaaaaasecretkey01";
const URL_ID = "ocid1.vaultsecret.oc1.phx.aaaaaaaawebhookurl1";

let rig: Rig;
afterEach(() => rig?.close());

/** The function with its key in the vault, of which the receiver has the same; what else it is told comes on top. */
async function start(key: string, config: Record<string, string> = {}): Promise<void> {
  rig = await startRig({
    timeoutMs: 10_000,
    config: { WEBHOOK_SECRET_KEY: `vault:${KEY_ID}`, ONS_TOPIC_ID: "", ...config },
  });
  rig.secrets.put(KEY_ID, key);
  rig.sink.secretKey = key;
}

async function invoke(): Promise<EventReply> {
  const response = await rig.host.invoke(freshEvent(fixture("instance-launched")));
  return replyOf(response, rig.logs) as EventReply;
}

const readings = () => rig.secrets.requests.map(({ status, id }) => `${status} ${id?.slice(-11)}`);

describe("a secret of the vault", () => {
  test("is read at its first use, once a container, and signs what is sent", async () => {
    await start(aSecret("key"));
    expect(rig.secrets.requests).toEqual([]);
    for (let n = 0; n < 3; n++) expect(await invoke()).toMatchObject({ outcome: "delivered" });
    expect(rig.sink.received.map(({ token }) => token)).toEqual(["valid", "valid", "valid"]);
    expect(readings()).toEqual(["200 secretkey01"]);
    await rig.host.stop();
    await invoke();
    expect(readings()).toEqual(["200 secretkey01", "200 secretkey01"]);
  });

  test("that was changed on both sides is read once more when the receiver answers 401, and the event is delivered", async () => {
    await start(aSecret("first"));
    await invoke();
    const second = aSecret("second");
    rig.secrets.put(KEY_ID, second);
    rig.sink.secretKey = second;
    expect(await invoke()).toMatchObject({ outcome: "delivered", deliveries: [{ attempts: 2, status: 200 }] });
    expect(await invoke()).toMatchObject({ outcome: "delivered", deliveries: [{ attempts: 1, status: 200 }] });
    expect(readings()).toEqual(["200 secretkey01", "200 secretkey01"]);
  });

  test("that was changed while the vault stumbles is asked for until it is there", async () => {
    await start(aSecret("first"), { DEAD_LETTER_BUCKET: LOCAL_BUCKET });
    await invoke();
    const second = aSecret("second");
    rig.secrets.put(KEY_ID, second);
    rig.sink.secretKey = second;
    rig.secrets.fault = ({ count }) => (count === 2 ? { status: 503 } : undefined);
    expect(await invoke()).toMatchObject({ outcome: "delivered", deliveries: [{ attempts: 3 }] });
    expect(readings()).toEqual(["200 secretkey01", "503 secretkey01", "200 secretkey01"]);
  });

  test("that the receiver refuses although it is the newest is read once more and no more, and the event is not tried for ever", async () => {
    await start(aSecret("key"));
    rig.sink.secretKey = aSecret("other");
    expect(await invoke()).toMatchObject({
      outcome: "failed",
      deliveries: [
        { attempts: 1, status: 401, problem: expect.stringMatching(/^answered 401: the receiver does not/) },
      ],
    });
    expect(readings()).toEqual(["200 secretkey01", "200 secretkey01"]);
  });

  test("is not asked for anew for each event of a batch that the receiver refuses", async () => {
    await start(aSecret("key"));
    rig.sink.secretKey = aSecret("other");
    const batch = Array.from({ length: 50 }, () => JSON.parse(freshEvent(fixture("instance-launched")).toString()));
    await rig.host.invoke(JSON.stringify(batch));
    expect(rig.sink.received.length).toBe(50);
    expect(readings()).toEqual(["200 secretkey01", "200 secretkey01"]);
  });

  test("serves all of a batch with one reading", async () => {
    await start(aSecret("key"));
    const batch = Array.from({ length: 50 }, () => JSON.parse(freshEvent(fixture("instance-launched")).toString()));
    expect(JSON.parse((await rig.host.invoke(JSON.stringify(batch))).body).counts).toEqual({ delivered: 50 });
    expect(readings()).toEqual(["200 secretkey01"]);
  });

  test("may be the URL: its origin is not known before, and it is told nowhere", async () => {
    await start(aSecret("key"), { DEAD_LETTER_BUCKET: LOCAL_BUCKET });
    const path = aSecret("path");
    rig.secrets.put(URL_ID, `${rig.sink.url}/hook/${path}\n`);
    rig.config.WEBHOOK_URL = `vault:${URL_ID}`;
    expect(await invoke()).toMatchObject({ outcome: "delivered" });
    expect(rig.sink.received.map((request) => request.path)).toEqual([`/hook/${path}`]);
    expect(JSON.parse(rig.logs[0] ?? "").destinations).toEqual(["webhook a URL in the vault"]);
    rig.sink.answer = ({ path }) => ({ status: 400, body: `nothing at ${path}` });
    expect(await invoke()).toMatchObject({ outcome: "dead-lettered" });
    const [letter] = [...rig.storage.objects(LOCAL_BUCKET).values()].map(({ body }) => body.toString());
    expect(letter).toContain('"response": "nothing at [redacted]"');
    expect([letter, ...rig.logs].filter((text) => text?.includes(path))).toEqual([]);
  });

  test("may be a header's value, the signing secrets, and part of the body", async () => {
    const [apiKey, pin, signing] = [
      aSecret("api"),
      aSecret("pin"),
      `whsec_${Buffer.from(aSecret("sign")).toString("base64")}`,
    ];
    await start(aSecret("key"), {
      WEBHOOK_HEADERS: '{"X-Api-Key":"vault:ocid1.vaultsecret.oc1.phx.apikey"}',
      WEBHOOK_BODY: '{"auth":{"pin":"vault:ocid1.vaultsecret.oc1.phx.pin"}}',
      WEBHOOK_SIGNING_SECRETS: "vault:ocid1.vaultsecret.oc1.phx.signing",
    });
    rig.secrets.put("ocid1.vaultsecret.oc1.phx.apikey", apiKey);
    rig.secrets.put("ocid1.vaultsecret.oc1.phx.pin", pin);
    rig.secrets.put("ocid1.vaultsecret.oc1.phx.signing", signing);
    expect(await invoke()).toMatchObject({ outcome: "delivered" });
    const [{ headers, body }] = rig.sink.received as [Rig["sink"]["received"][0]];
    const signed = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`;
    const key = Buffer.from(signing.slice("whsec_".length), "base64");
    expect({
      apiKey: headers["x-api-key"],
      pin: JSON.parse(body.toString()).auth.pin,
      signature: headers["webhook-signature"],
    }).toEqual({
      apiKey,
      pin,
      signature: `v1,${createHmac("sha256", key).update(signed).digest("base64")}`,
    });
    expect(rig.secrets.requests.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  });
});

describe("a vault that", () => {
  const cases: [string, (id: string) => void, RegExp][] = [
    [
      "does not know the secret",
      (id) => rig.secrets.secrets.delete(id),
      /^the secret …tkey01: OCI Vault answered 404 NotAuthorizedOrNotFound: no such secret, or no policy lets this function read it: Allow dynamic-group <name> to read secret-bundles/,
    ],
    [
      "answers 500",
      () => {
        rig.secrets.fault = { status: 500, body: '{"code":"InternalServerError","message":"x"}' };
      },
      /^the secret …tkey01: OCI Vault answered 500 InternalServerError; gave up after 5 attempts$/,
    ],
    [
      "never answers",
      () => {
        rig.secrets.fault = "hang";
      },
      /^the secret …tkey01: no answer from OCI Vault \(NO_TIME_LEFT\).*before the deadline$/,
    ],
    [
      "holds an empty secret",
      (id) => rig.secrets.put(id, "\n"),
      /^WEBHOOK_SECRET_KEY: the secret …tkey01 is empty in the vault; not worth another try$/,
    ],
    [
      "holds no text",
      (id) => rig.secrets.put(id, Buffer.from([0xff, 0xfe])),
      /^the secret …tkey01: Vault's answer holds no text; expected a secret of UTF-8 in base64; not worth another try$/,
    ],
  ];
  test.each(
    cases,
  )("%s: the event is kept, nothing is sent unsigned, and the problem says what to do", async (_, spoil, problem) => {
    await start(aSecret("key"), { DEAD_LETTER_BUCKET: LOCAL_BUCKET });
    spoil(KEY_ID);
    expect(await invoke()).toMatchObject({
      outcome: "dead-lettered",
      deliveries: [{ problem: expect.stringMatching(problem) }],
    });
    expect(rig.sink.received).toEqual([]);
  });

  test("holds a URL that may not be reached: nothing is sent, and the URL is not shown", async () => {
    await start(aSecret("key"), { DEAD_LETTER_BUCKET: LOCAL_BUCKET, WEBHOOK_URL: `vault:${URL_ID}` });
    const path = aSecret("path");
    rig.secrets.put(URL_ID, `https://10.0.0.8/${path}`);
    expect(await invoke()).toMatchObject({
      outcome: "dead-lettered",
      deliveries: [
        {
          problem: expect.stringMatching(
            /^WEBHOOK_URL: is the private address 10\.0\.0\.8; allow 10\.0\.0\.8 or its network/,
          ),
        },
      ],
    });
  });
});
