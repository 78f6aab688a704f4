import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type OciEmulator, startOci } from "../../local/emulator/oci.ts";
import { type ApiKeyUser, createIssuer, type ResourcePrincipal } from "../../local/emulator/principal.ts";
import { createFnHost, type FnHost } from "../../local/fn-host.ts";
import type { StoredObject } from "../../local/object-storage/objects.ts";
import { stockEntry } from "../../local/stock.ts";
import { newEvent } from "../faults/lab.ts";
import { type Receiver, startReceiver } from "../faults/receiver.ts";
import { type Ran, runTool } from "./tool.ts";

const FUNCTION = "ocid1.fnfunc.oc1.phx.replayexample";
const BUCKET = "letters";

let oci: OciEmulator;
let receiver: Receiver;
let host: FnHost;
let user: ApiKeyUser;
let principal: ResourcePrincipal;
let config: Record<string, string>;

beforeEach(async () => {
  const issuer = createIssuer();
  principal = issuer.principal();
  user = issuer.user();
  oci = await startOci({ issuer, topics: [], buckets: [BUCKET] });
  receiver = await startReceiver();
  config = {
    WEBHOOK_URL: receiver.url,
    DEAD_LETTER_BUCKET: BUCKET,
    OCI_ENDPOINT_URL: oci.url,
    ...principal.variables,
  };
  host = createFnHost({ entry: await stockEntry(), config });
  oci.functions.set(FUNCTION, async (body) => {
    const { status, body: answered } = await host.invoke(body);
    return { status, body: answered };
  });
});
afterEach(async () => {
  await host.stop();
  await Promise.all([oci.close(), receiver.close()]);
  user.remove();
  principal.remove();
});

const relay = (args: readonly string[], env: Record<string, string> = {}) => runTool(args, { env });

function replay(...args: string[]): Promise<Ran> {
  const access = ["--bucket", BUCKET, "--config-file", user.configFile, "--endpoint", oci.url];
  return relay(["replay", ...access, ...(args.includes("--local") ? [] : ["--function", FUNCTION]), ...args]);
}

const objects = () => [...oci.storage.objects(BUCKET).keys()];

const jsonLines = ({ out }: Ran) =>
  out
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));

/** The letters of a batch as one object keeps them. */
async function failBatch(
  size: number,
): Promise<{ ids: string[]; name: string; stored: StoredObject; lines: string[] }> {
  const events = Array.from({ length: size }, () => newEvent());
  await fail(`[${events.map(({ body }) => body).join(",")}]`);
  const [name = ""] = objects();
  const stored = oci.storage.objects(BUCKET).get(name);
  if (stored === undefined) throw new Error("there are no letters");
  return { ids: events.map(({ id }) => id), name, stored, lines: stored.body.toString().trimEnd().split("\n") };
}

async function fail(...bodies: string[]): Promise<void> {
  receiver.programme = () => ({ kind: "answer", status: 400 });
  for (const body of bodies) expect((await host.invoke(body)).status).toBe(200);
  receiver.programme = () => ({ kind: "answer", status: 200 });
}

describe("relay replay", () => {
  test("sends a dead letter through the function: the receiver has it once, and a second replay sends nothing", async () => {
    const event = newEvent();
    await fail(event.body);
    const refused = receiver.arrivals.at(-1);
    const first = await replay();
    expect([first.code, first.err]).toEqual([0, ""]);
    expect(first.out).toMatch(new RegExp(`1 {2}${event.id} {2}webhook {2}delivered, deleted\n1 delivered\\.`));
    expect([receiver.accepted.get(event.id), objects()]).toEqual([1, []]);
    // Byte for byte what was refused the first time, under the same webhook-id.
    expect(receiver.arrivals.at(-1)?.body.toString()).toBe(refused?.body.toString());

    const arrivals = receiver.arrivals.length;
    const second = await replay();
    expect([second.code, second.out]).toEqual([0, "There are no dead letters: nothing was sent.\n"]);
    expect(receiver.arrivals.length).toBe(arrivals);
  });

  test("takes a batch apart: what is delivered leaves the object, what is not stays in it", async () => {
    const events = Array.from({ length: 250 }, () => newEvent());
    await fail(`[${events.map(({ body }) => body).join(",")}]`);
    const [name = ""] = objects();
    const stubborn = new Set(events.filter((_, n) => n % 50 === 0).map(({ id }) => id));
    receiver.programme = ({ id }) => ({ kind: "answer", status: stubborn.has(id) ? 422 : 200 });
    const first = await replay();
    expect([first.code, first.out.trimEnd().split("\n").at(-1)]).toEqual([
      1,
      "245 delivered; 5 not, and still in the bucket.",
    ]);
    expect(objects()).toEqual([name]);
    const left = oci.storage.objects(BUCKET).get(name)?.body.toString().trimEnd().split("\n") ?? [];
    expect(left.map((line) => JSON.parse(line).id)).toEqual([...stubborn]);

    receiver.programme = () => ({ kind: "answer", status: 200 });
    expect((await replay()).code).toBe(0);
    expect(objects()).toEqual([]);
    expect([...receiver.accepted.values()]).toEqual(Array(250).fill(1));
  });

  test("a letter that fails once more stays where it is, and no second one comes beside it", async () => {
    await fail(newEvent().body);
    const before = objects();
    receiver.programme = () => ({ kind: "answer", status: 503 });
    const { code, out } = await replay();
    expect([code, objects()]).toEqual([1, before]);
    expect(out).toContain("dead-lettered: answered 503");
  });

  test("what was delivered in the meantime is deleted without being sent again", async () => {
    const event = newEvent();
    await fail(event.body);
    await host.invoke(event.body);
    expect((await replay()).out).toContain("duplicate, deleted");
    expect([receiver.accepted.get(event.id), objects()]).toEqual([1, []]);
  });

  test("--dry-run tells what there is and sends nothing; --from and --destination choose; --keep leaves the letters", async () => {
    const [old, young] = [
      newEvent({ eventTime: "2026-03-01T10:00:00Z" }),
      newEvent({ eventTime: "2026-03-05T10:00:00Z" }),
    ];
    await fail(old.body, young.body, "no event");
    const arrivals = receiver.arrivals.length;
    const dry = await replay("--dry-run");
    expect(dry.out).toMatch(/2026-03-01 {2}webhook {6}1 {8}answered 400/);
    expect(dry.out).toMatch(/2026-03-05 {2}webhook {6}1/);
    expect(dry.out).toContain("keeps 1 object of rejected input");
    expect((await replay("--dry-run", "--destination", "another")).out).toMatch(
      /no dead letters for another, but for webhook: there is nothing to send/,
    );
    expect(receiver.arrivals.length).toBe(arrivals);

    const kept = await replay("--from", "2026-03-02", "--keep", "--json");
    expect(jsonLines(kept)).toEqual([
      {
        object: expect.stringMatching(/^dead-letter\/2026-03-05\//),
        id: young.id,
        destination: "webhook",
        isDelivered: true,
        outcome: "delivered",
      },
      { delivered: 1, undelivered: 0, undeleted: 0, unreadable: 0, rejected: 1 },
    ]);
    expect(objects().length).toBe(3);
  });

  test("two operators at once: what the other has taken out stays out, and what was sent goes out, too", async () => {
    const events = Array.from({ length: 3 }, () => newEvent());
    await fail(`[${events.map(({ body }) => body).join(",")}]`);
    const [name = ""] = objects();
    const invoke = oci.functions.get(FUNCTION);
    if (invoke === undefined) throw new Error("there is no function");
    receiver.programme = ({ id }) => ({ kind: "answer", status: id === events[2]?.id ? 400 : 200 });
    oci.functions.set(FUNCTION, async (body, headers) => {
      // Meanwhile another one has the first letter delivered, and takes it out.
      const stored = oci.storage.objects(BUCKET).get(name);
      const [, ...rest] = stored?.body.toString().split("\n") ?? [];
      if (stored !== undefined) Object.assign(stored, { body: Buffer.from(rest.join("\n")), etag: "another" });
      return invoke(body, headers);
    });
    const { code } = await replay();
    const left = oci.storage.objects(BUCKET).get(name)?.body.toString().trimEnd().split("\n") ?? [];
    expect([code, left.map((line) => JSON.parse(line).id)]).toEqual([1, [events[2]?.id]]);
  });

  test("what another operator has taken out meanwhile is not sent again, and the rest goes out, also of a large batch", async () => {
    const { ids, name, stored, lines } = await failBatch(130);
    const invoke = oci.functions.get(FUNCTION);
    if (invoke === undefined) throw new Error("there is no function");
    let calls = 0;
    oci.functions.set(FUNCTION, async (body, headers) => {
      // Meanwhile another one has the last ten delivered, and takes them out.
      if (calls++ === 0) Object.assign(stored, { body: Buffer.from(lines.slice(0, 120).join("\n")), etag: "another" });
      return invoke(body, headers);
    });
    const { code, out } = await replay();
    expect([code, out.trimEnd().split("\n").at(-1), objects()]).toEqual([0, "120 delivered.", []]);
    expect([...receiver.accepted.keys()].sort()).toEqual(ids.slice(0, 120).sort());
    expect([calls, name]).toEqual([2, expect.stringContaining("batch-")]);
  });

  test("a line that cannot be read stays byte for byte and is told of, and the others are sent; CRLF and blank lines are no fault", async () => {
    const { ids, name, stored, lines } = await failBatch(5);
    const [first = "", second = "", third = "", fourth = "", fifth = ""] = lines;
    const cut = fifth.slice(0, -30);
    const noText = Buffer.concat([Buffer.from(third.slice(0, 40)), Buffer.from([0xff]), Buffer.from(third.slice(40))]);
    stored.body = Buffer.concat([
      Buffer.from(`${first}\r\n\r\n`),
      noText,
      Buffer.from(`\n${second}\r\n${fourth}\n${cut}`),
    ]);
    const before = stored.body;
    receiver.programme = ({ id }) => ({ kind: "answer", status: id === ids[1] ? 422 : 200 });
    const told = [
      `${name}, line 3: is not UTF-8, so it is not sent and stays there: mend it, or take it out`,
      `${name}, line 6: is not JSON (it is cut short), so it is not sent and stays there: mend it, or take it out`,
      "",
    ].join("\n");

    const dry = await replay("--dry-run", "--json");
    expect([dry.code, dry.err, jsonLines(dry)]).toEqual([
      1,
      told,
      [
        { day: name.split("/")[1], destination: "webhook", letters: 3, reason: "answered 400; not worth another try" },
        { letters: 3, unreadable: 2, rejected: 0 },
      ],
    ]);
    expect(oci.storage.objects(BUCKET).get(name)?.body).toEqual(before);

    const { code, out, err } = await replay();
    expect([code, err, out.trimEnd().split("\n").at(-1)]).toEqual([
      1,
      told,
      "2 delivered; 1 not, and still in the bucket; 2 cannot be read, and still in the bucket.",
    ]);
    expect(oci.storage.objects(BUCKET).get(name)?.body).toEqual(
      Buffer.concat([noText, Buffer.from(`\n${second}\r\n${cut}\n`)]),
    );
    expect([...receiver.accepted]).toEqual([
      [ids[0], 1],
      [ids[3], 1],
    ]);
  });

  test("a letter by itself that cannot be read is not taken for somebody else's object", async () => {
    await fail(newEvent().body);
    const [name = ""] = objects();
    const stored = oci.storage.objects(BUCKET).get(name);
    if (stored !== undefined) stored.body = stored.body.subarray(0, 100);
    const { code, out, err } = await replay();
    expect([code, out, err, objects()]).toEqual([
      1,
      "There are no dead letters that can be read: nothing was sent.\n",
      `${name}: is not JSON (it is cut short), so it is not sent and stays there: mend it, or take it out\n`,
      [name],
    ]);
  });

  test("one that is delivered and cannot be deleted is told of, the others are tried on, and a count that is refused is no failure", async () => {
    const [first, second] = [newEvent(), newEvent()];
    await fail(first.body, second.body);
    const refused = { status: 403, body: '{"code":"NotAllowed","message":"no delete"}' };
    oci.storage.fault = ({ method, path }) => (method === "DELETE" || path.includes("rejected") ? refused : undefined);
    const told =
      /^note: rejected input was not counted: Object Storage, bucket letters: answered 403 NotAllowed: no delete/;
    const { code, out, err } = await replay();
    const [one, another, sum] = out.split("\n");
    const line = /webhook {2}delivered, and still in letters: Object Storage, bucket letters: answered 403 NotAllowed/;
    expect([code, one, another, sum]).toEqual([
      1,
      expect.stringMatching(line),
      expect.stringMatching(line),
      "2 delivered, 2 of them still in the bucket.",
    ]);
    expect(err).toMatch(told);
    expect([receiver.accepted.get(first.id), receiver.accepted.get(second.id)]).toEqual([1, 1]);

    oci.storage.fault = ({ path }) => (path.includes("rejected") ? refused : undefined);
    const again = await replay("--json");
    expect([again.code, jsonLines(again).at(-1), objects()]).toEqual([
      0,
      { delivered: 2, undelivered: 0, undeleted: 0, unreadable: 0 },
      [],
    ]);
    expect(again.err).toMatch(told);
  });

  test("a part of a batch that was delivered in a call that failed leaves the bucket, and is not sent with every replay", async () => {
    const { ids, name } = await failBatch(3);
    receiver.programme = ({ id }) => ({ kind: "answer", status: id === ids[1] ? 422 : 200 });
    const access = ["--bucket", BUCKET, "--config-file", user.configFile, "--endpoint", oci.url];
    // Without a bucket of its own it cannot tell that the letter is kept: the call fails as a whole.
    const { code, out } = await relay(["replay", ...access, "--local"], { WEBHOOK_URL: receiver.url });
    expect([code, out.trimEnd().split("\n").at(-1)]).toEqual([1, "2 delivered; 1 not, and still in the bucket."]);
    const left = oci.storage.objects(BUCKET).get(name)?.body.toString().trimEnd().split("\n") ?? [];
    expect(left.map((line) => JSON.parse(line).id)).toEqual([ids[1]]);
    expect([receiver.accepted.get(ids[0] ?? ""), receiver.accepted.get(ids[2] ?? "")]).toEqual([1, 1]);
  });

  test.each([
    ["FunctionInvokeExecutionFailed", 4],
    ["FunctionInvokeContainerInitFail", 1],
  ])("a batch is sent letter by letter only where the function ran and failed: %s", async (code, calls) => {
    await failBatch(3);
    let count = 0;
    oci.functions.set(FUNCTION, async () => {
      count++;
      return { status: 502, body: JSON.stringify({ code, message: "no" }) };
    });
    const { out } = await replay();
    expect([count, out.trimEnd().split("\n").at(-1)]).toEqual([calls, "0 delivered; 3 not, and still in the bucket."]);
  });

  test("all objects of rejected input are counted", async () => {
    const stored = { body: Buffer.from("{}"), etag: "1", timeCreated: "2026-03-02T00:00:00Z", contentType: undefined };
    for (let n = 0; n < 1001; n++) oci.storage.objects(BUCKET).set(`rejected/2026-03-02/${n}.json`, stored);
    const { code, out } = await replay("--dry-run");
    expect([code, out]).toEqual([0, expect.stringContaining("keeps 1001 objects of rejected input")]);
  });

  test("a foreign object among them is left alone and told of, and the others are sent", async () => {
    const event = newEvent();
    await fail(event.body);
    const stored = {
      body: Buffer.from("notes"),
      etag: "1",
      timeCreated: "2026-03-02T00:00:00Z",
      contentType: undefined,
    };
    oci.storage.objects(BUCKET).set("dead-letter/", { ...stored, body: Buffer.alloc(0) });
    oci.storage.objects(BUCKET).set("dead-letter/2026-01-01/notes.json", stored);
    const { code, out, err } = await replay();
    expect([code, receiver.accepted.get(event.id)]).toEqual([0, 1]);
    expect(out).toContain("delivered, deleted");
    expect(err).toContain("dead-letter/2026-01-01/notes.json is no dead letter of the relay, and left alone");
    expect(objects()).toEqual(["dead-letter/", "dead-letter/2026-01-01/notes.json"]);
  });

  test("--local sends them through the built function on this machine, configured by the environment", async () => {
    const event = newEvent();
    await fail(event.body);
    const access = ["--bucket", BUCKET, "--config-file", user.configFile, "--endpoint", oci.url];
    const { code, out } = await relay(["replay", ...access, "--local"], { WEBHOOK_URL: receiver.url });
    expect([code, out]).toEqual([0, expect.stringContaining("delivered, deleted")]);
    expect(receiver.accepted.get(event.id)).toBe(1);
  });

  test("a dead letter names a destination, never a URL: one that is not configured is rejected and stays", async () => {
    await fail(newEvent().body);
    const [name = ""] = objects();
    const stored = oci.storage.objects(BUCKET).get(name);
    if (stored === undefined) throw new Error("there is no letter");
    const letter = JSON.parse(stored.body.toString());
    letter.destination = {
      name: "elsewhere",
      type: "webhook",
      target: "https://attacker.example",
      url: "https://attacker.example/",
    };
    stored.body = Buffer.from(JSON.stringify(letter));
    const { code, out } = await replay();
    expect(code).toBe(1);
    expect(out).toContain(
      'rejected: a dead letter names the destination "elsewhere", which is not configured; configured: webhook',
    );
    expect(objects()).toContain(name);
    expect(receiver.accepted.size).toBe(0);
  });

  test("--local without a configuration is refused before anything is sent", async () => {
    await fail(newEvent().body);
    const { code, out, err } = await replay("--local");
    expect([code, out, err]).toEqual([
      2,
      "",
      expect.stringMatching(/^relay: the configuration of this environment: WEBHOOK_URL, ONS_TOPIC_ID: no destination/),
    ]);
  });

  test.each([
    [["replay"], /--bucket/],
    [["replay", "--bucket", "b"], /either --function <ocid> or --local/],
    [
      ["replay", "--bucket", "b", "--function", "ocid1.fnfunc.oc1.phx.f", "--from", "yesterday"],
      /expected a day such as 2026-11-20/,
    ],
    [
      ["replay", "--bucket", "b", "--function", "ocid1.fnfunc.oc1.phx.f", "--config-file", "/nowhere"],
      /no access to OCI as config: \/nowhere, profile DEFAULT/,
    ],
    [["replay", "--bucket", "b", "--function", "f"], /expected an OCID such as ocid1\.fnfunc/],
    [["reply"], /unknown command|too many arguments/],
  ])("%j is refused with what to do, and exit code 2", async (args, problem) => {
    const { code, err } = await relay(args);
    expect([code, err]).toEqual([2, expect.stringMatching(problem)]);
  });

  test("a bucket that is not there, and a function that is not there, are explained", async () => {
    const access = ["--config-file", user.configFile, "--endpoint", oci.url];
    const noBucket = await relay(["replay", "--bucket", "nowhere", "--function", FUNCTION, ...access]);
    expect([noBucket.code, noBucket.err]).toEqual([
      2,
      expect.stringMatching(
        /bucket nowhere: answered 404 BucketNotFound: There is no bucket .nowhere., .*; there is no such thing in this region/,
      ),
    ]);
    const noFunction = await relay(["replay", "--bucket", BUCKET, "--function", "ocid1.fnfunc.none", ...access]);
    expect([noFunction.code, noFunction.err]).toEqual([
      2,
      expect.stringMatching(/Functions, ocid1\.fnfunc\.none: answered 404/),
    ]);
  });
});
