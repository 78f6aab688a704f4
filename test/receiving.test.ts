import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fixture } from "../local/fixtures.ts";
import { type Rig, replyOf } from "../local/rig.ts";
import { CASES, type Case, changed, withOtherByte } from "./receiving/cases.ts";
import { examples } from "./receiving/examples.ts";
import { isInstalled, type Program, type Running, type Sent, startReceiver } from "./receiving/receiver.ts";
import {
  FIXTURE,
  realRequest,
  SECRET_KEY,
  SECRETS,
  signedRequest,
  startRelay,
  type Whole,
} from "./receiving/request.ts";
import { BY_HAND, CASES_BY_HAND, saidByHand } from "./receiving/verify-by-hand.ts";

const NODE = [process.execPath, "receiver.mjs"];
const PROGRAMS = {
  "receiver.mjs with its own verify.mjs": {
    command: NODE,
    files: { "receiver.mjs": "receiver.mjs", "token.mjs": "token.mjs", "verify.mjs": "verify.mjs" },
  },
  "receiver.mjs with standardwebhooks": {
    command: NODE,
    files: { "receiver.mjs": "receiver.mjs", "token.mjs": "token.mjs", "verify.mjs": "verify.mjs package" },
  },
  "receiver.py": { command: ["python3", "receiver.py"], files: { "receiver.py": "receiver.py" } },
} satisfies Record<string, Program>;

const ENV = {
  SIGNING_SECRETS: `${SECRETS.new} ${SECRETS.old}`,
  SECRET_KEYS: `a-new-key-that-the-relay-does-not-have-yet ${SECRET_KEY}`,
};
const WORK = ["server", "create", "ocid1.instance.oc1.iad.anuwcljtk4web1example7qk3zq6"];
const MARKER = ["marker", "end", "of-a-case"];

const isRequired = Boolean(process.env.CI);
const missing = new Map([
  ["receiver.py", isInstalled("python3", "--version") ? undefined : "there is no python3"],
  ["verify.sh", isInstalled("openssl", "version") ? undefined : "there is no openssl"],
]);

/** Announces more than it sends, and is gone. */
function breakOff(url: string): Promise<void> {
  const { port, host } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), "127.0.0.1", () => {
      socket.write(`POST /webhook HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 100\r\n\r\nabc`, () =>
        socket.resetAndDestroy(),
      );
    });
    socket.once("close", () => resolve());
  });
}

/** The tests of one program: skipped where what runs it is not on this machine, but not in CI. */
function describeProgram(name: string, tests: () => void): void {
  const why = isRequired ? undefined : missing.get(name);
  if (why !== undefined) console.warn(`${name} is not tested: ${why}.`);
  describe.skipIf(why !== undefined)(why === undefined ? name : `${name} (not tested: ${why})`, tests);
}

let rig: Rig;
let real: Whole;
beforeAll(async () => {
  rig = await startRelay();
  real = await realRequest(rig);
});
afterAll(() => rig.close());

/** What the receiver answers to requests, and what it works on for them. */
async function madeOf(receiver: Running, requests: readonly Sent[]): Promise<{ answers: number[]; work: unknown[] }> {
  const answers: number[] = [];
  for (const request of requests) answers.push((await receiver.send(request)).status);
  const [resource_type, action, id] = MARKER;
  const marker = JSON.stringify({ resource_type, action, resource_details: { id } });
  const { status } = await receiver.send(signedRequest({ body: marker }));
  if (status !== 204) throw new Error(`the receiver does not take what is signed: ${status}`);
  return { answers, work: await receiver.workUntil(MARKER) };
}

for (const [name, program] of Object.entries(PROGRAMS))
  describeProgram(name, () => {
    let receiver: Running;
    beforeAll(async () => {
      receiver = await startReceiver(program, ENV);
    });
    afterAll(() => receiver.stop());

    test("takes what the relay has sent", async () => {
      expect(await madeOf(receiver, [real])).toEqual({ answers: [204], work: [WORK] });
    });

    test.each(CASES)("%s", async (_, requests, answers, worked) => {
      expect(await madeOf(receiver, requests(signedRequest()))).toEqual({ answers, work: Array(worked).fill(WORK) });
    });

    test("lives on when a client breaks off in the middle of its body", async () => {
      await breakOff(receiver.url);
      expect(await madeOf(receiver, [])).toEqual({ answers: [], work: [] });
    });

    test("asks for another try of what it could not do, as often as it comes", async () => {
      const broken = signedRequest({ body: "null" });
      const again = { status: 503, retryAfter: "5" };
      expect([await receiver.send(broken), await receiver.send(broken)]).toEqual([again, again]);
    });

    test.each([
      ["while it knows only the old secret", SECRETS.old, "delivered"],
      ["when it knows only the new secret", SECRETS.new, "delivered"],
      ["but not with a secret that is not the relay's", SECRETS.another, "failed"],
    ])("has events delivered by the relay, %s", async (_, secret, outcome) => {
      const other = await startReceiver(program, { ...ENV, SIGNING_SECRETS: secret });
      rig.config.WEBHOOK_URL = `${other.url}/webhook`;
      const host = rig.anotherHost();
      const response = await host.invoke(fixture(FIXTURE));
      await Promise.all([host.stop(), other.stop()]);
      expect(replyOf(response, rig.logs)).toMatchObject({ outcome });
    });
  });

describe("receiver.mjs, at the path of Cloudpods", () => {
  let receiver: Running;
  beforeAll(async () => {
    receiver = await startReceiver(PROGRAMS["receiver.mjs with its own verify.mjs"], ENV);
  });
  afterAll(() => receiver.stop());

  test.each<Case>([
    ["takes an X-Auth-Token alone", (request) => [changed(request, { "webhook-signature": undefined })], [204], 1],
    ["refuses another byte", (request) => [withOtherByte(request)], [401], 0],
    ["refuses another token", (request) => [changed(request, { "x-auth-token": "0".repeat(64) })], [401], 0],
    ["refuses a token that is too short", (request) => [changed(request, { "x-auth-token": "0" })], [401], 0],
    ["refuses what has none", ({ body }) => [{ headers: {}, body }], [401], 0],
  ])("%s", async (_, requests, answers, worked) => {
    const sent = requests(signedRequest()).map((request) => ({ ...request, path: "/cloudpods" }));
    expect(await madeOf(receiver, sent)).toEqual({ answers, work: Array(worked).fill(WORK) });
  });
});

describeProgram("verify.sh", () => {
  test.each(CASES_BY_HAND)("%s", async (_, request, env, said) => {
    expect(await saidByHand(request(real), env)).toBe(`${said}\n`);
  });
});

describe("docs/receiving.md", () => {
  const read = (file: string) => readFileSync(new URL(`../${file}`, import.meta.url), "utf8");

  test("has no program that is not run here", () => {
    const run = [...Object.values(PROGRAMS), { files: BY_HAND }].flatMap(({ files }) => Object.values(files));
    const shown = examples().map(({ name }) => name);
    expect(shown.sort()).toEqual([...new Set(run)].sort());
  });

  test("and docs/openapi.json tell of the headers that the relay sends, and how they are written", () => {
    type Header = { name: string; schema: { pattern: string } };
    const headers: Header[] = JSON.parse(read("docs/openapi.json")).paths["/webhook"].post.parameters;
    const names = [...read("docs/receiving.md").matchAll(/^\| `([\w-]+)` \|/gm)].map(([, name]) => name);
    expect(names.sort()).toEqual(headers.map(({ name }) => name).sort());
    const wrong = headers.filter(
      ({ name, schema }) => !new RegExp(schema.pattern).test(real.headers[name.toLowerCase()] ?? ""),
    );
    expect(wrong).toEqual([]);
  });

  test.each([
    ["src/http/send.ts", "CONNECT_TIMEOUT_MS = 5_000", "Connecting and TLS may take 5 s"],
    ["src/http/send.ts", "HEADERS_TIMEOUT_MS = 10_000", "then your answer 10 s"],
    ["src/deliver/retry.ts", "MAX_ATTEMPTS = 5", "up to 5 times"],
    ["src/deadline.ts", "DEFAULT_TIMEOUT_MS = 30_000", "(30 s by default)"],
  ])("says what %s does: %s", (file, code, words) => {
    expect([read(file).includes(code), read("docs/receiving.md").includes(words)]).toEqual([true, true]);
  });
});
