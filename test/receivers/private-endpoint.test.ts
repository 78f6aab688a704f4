import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { createEgress } from "../../src/egress/guard.ts";
import { startTlsReceiver, type TlsReceiver, type TlsReceiverOptions } from "../auth/tls-receiver.ts";
import { dnsAnswers } from "../dns/answers.ts";
import { pemOf } from "../faults/tls.ts";
import { expectProblem, type Lab, type LabOptions, startLab, startProblems } from "./lab.ts";
import { receiverPage } from "./page.ts";

const page = receiverPage("private-endpoint");
const settings = page.takeSettings();
const relay = page.take("ts");
page.end();

const HOST = "hooks.example.com";

/** As the page has them in the vault. */
const PEMS = { amaaaaaainternalca: pemOf("ca"), amaaaaaarelaycert: pemOf("client"), amaaaaaarelaykey: pemOf("key") };

let lab: Lab;
let receiver: TlsReceiver;
afterEach(async () => {
  await lab?.rig.close();
  await receiver?.close();
});

interface Setting extends LabOptions {
  receiver?: Partial<TlsReceiverOptions>;
  /** What the vault holds, if not the right things. */
  pems?: Record<string, string>;
  address?: string;
  port?: number;
}

/** The page's receiver behind mutual TLS, under the page's name. */
async function start({
  receiver: how,
  pems = {},
  address = "127.0.0.1",
  port,
  ...options
}: Setting = {}): Promise<void> {
  receiver = await startTlsReceiver({ certificate: "oic", clientAuth: "required", version: "TLSv1.3", ...how });
  const url = `https://${HOST}:${port ?? receiver.port}`;
  lab = await startLab({
    settings: { ...settings, CMDB_URL: settings.WEBHOOK_URL ?? "" },
    places: () => ({ [`https://${HOST}:8443`]: url }),
    ...(options.settings?.WEBHOOK_TLS === undefined && { secrets: () => ({ ...PEMS, ...pems }) }),
    ...options,
    config: { ...dnsAnswers({ [HOST]: [[address]] }), ...options.config },
  });
}

describe("a receiver of one's own network, behind mutual TLS,", () => {
  test.each<[string, LabOptions]>([
    ["by the function's configuration", {}],
    ["by code", { relay }],
  ])("gets the event, %s", async (_, options) => {
    await start(options);
    expect(await lab.invoke()).toMatchObject({ outcome: "delivered", deliveries: [{ attempts: 1, status: 200 }] });
    expect(receiver.requests.map(({ path, subject, headers }) => [path, subject?.CN, headers.host])).toEqual([
      ["/oci", "relay", `${HOST}:${receiver.port}`],
    ]);
    // Neither a signature that is missing nor a plain secret.
    expect(startProblems(lab.rig)).toEqual([]);
  });
});

const only = (tls: object) => ({ ...settings, WEBHOOK_TLS: JSON.stringify(tls) });
const noClient = { receiver: { clientAuth: "none" } } as const;
const { ca } = JSON.parse(settings.WEBHOOK_TLS ?? "");

/** Row of the page's table -> what brings it about. */
const CASES: Readonly<Record<string, Setting>> = {
  "the address is not permitted": { address: "10.0.3.7", config: { EGRESS_ALLOW: "" } },
  "no `ca` is set and the authority is your own": { ...noClient, settings: { ...settings, WEBHOOK_TLS: "" } },
  "`ca` is another authority's, or the receiver leaves out the intermediate certificate": {
    pems: { amaaaaaainternalca: pemOf("client-stranger") },
  },
  "the receiver's certificate is self-signed": { receiver: { certificate: "self-signed", clientAuth: "none" } },
  "the receiver's certificate has ended": { receiver: { certificate: "expired" } },
  "the receiver's certificate is for another name": { receiver: { certificate: "wrong-name" } },
  "the receiver wants a certificate and gets none": {
    settings: only({ ca }),
    secrets: () => ({ amaaaaaainternalca: pemOf("ca") }),
  },
  "the relay's certificate has ended": { pems: { amaaaaaarelaycert: pemOf("client-expired") } },
  "the receiver does not know who signed the relay's certificate": {
    pems: { amaaaaaarelaycert: pemOf("client-stranger") },
  },
  "the key is another certificate's": { pems: { amaaaaaarelaykey: pemOf("other-key") } },
  "the key is encrypted": { pems: { amaaaaaarelaykey: pemOf("key-encrypted") } },
  "the text is no PEM": { pems: { amaaaaaainternalca: "abc" } },
};

describe("what goes wrong reads as the page has it:", () => {
  test.each([...page.table("if")])("%s", async (row, [says]) => {
    // A server that sends its own certificate and no other, as one does whose administrator has forgotten the chain.
    const bare = createServer({ cert: pemOf("oic"), key: pemOf("key") });
    await new Promise<void>((resolve) => bare.listen(0, "127.0.0.1", resolve));
    const { port } = bare.address() as AddressInfo;
    await start({ ...CASES[row], ...(row.includes("intermediate") && { port }) });
    const reply = await lab.invoke();
    bare.close();
    expect(reply).toMatchObject({ outcome: "dead-lettered" });
    expect(receiver.requests).toEqual([]);
    expectProblem(reply, { says, suffix: /^; (not worth another try|gave up after 5 attempts)$/ });
  });

  test("and a certificate that is missing under TLS 1.2 as it says below", async () => {
    const row = CASES["the receiver wants a certificate and gets none"];
    await start({ ...row, receiver: { version: "TLSv1.2" } });
    expect(await lab.invoke()).toMatchObject({
      deliveries: [{ problem: expect.stringMatching(/^no answer from the receiver \(EPROTO\)/) }],
    });
    expect(page.text).toContain("told as `EPROTO`");
  });

  test("and every row of it has a cause here", () => {
    expect([...page.table("if").keys()]).toEqual(Object.keys(CASES));
  });

  test("at start already, where the texts are not in the vault", async () => {
    await start({ settings: only({ ca: "abc", cert: pemOf("client"), key: pemOf("key-encrypted") }) });
    await lab.rig.host.invoke("{}");
    const rows = ["the text is no PEM", "the key is encrypted"];
    expect(startProblems(lab.rig)).toEqual(rows.map((row) => page.table("if").get(row)?.[0]));
  });
});

test.each([...page.table("entry")])("the entry %s of EGRESS_ALLOW permits %s", (entry) => {
  const of = (text: string, address = "10.0.3.7") => {
    const { url, refusal } = createEgress([entry]);
    const read = url(text);
    return read.ok && refusal(read.value, address) === undefined;
  };
  const [host, other] = [`https://${HOST}:8443/oci`, "https://other.example.com/oci"];
  const found = [
    of(host),
    of(host.replace(":8443", "")),
    of(other),
    of(other, "10.0.3.8"),
    of(host.replace("https", "http")),
  ];
  const expected: Record<string, boolean[]> = {
    "hooks.example.com": [true, true, false, false, false],
    "hooks.example.com:8443": [true, false, false, false, false],
    "10.0.3.7": [true, true, true, false, false],
    "10.0.3.0/24": [true, true, true, true, false],
    "http://hooks.example.com": [true, true, false, false, true],
  };
  expect(found).toEqual(expected[entry]);
});
