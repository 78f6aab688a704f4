import { createServer } from "node:net";
import { afterEach, expect, test } from "vitest";
import { fixture, golden } from "../../local/fixtures.ts";
import { LOCAL_SECRET_KEY, type Rig, replyOf, startRig } from "../../local/rig.ts";
import { freshEvent } from "../fresh-event.ts";
import { untilStopped } from "../process-state.ts";

let rig: Rig;
afterEach(() => rig.close());

test("a destination that answers 500 throughout: the caller sees 502 before the deadline, the log says why, no secret in it", async () => {
  const config = { ONS_TOPIC_ID: "", WEBHOOK_HEADERS: '{"X-Api-Key":"h3ader-s3cret"}' };
  rig = await startRig({ timeoutMs: 10_000, webhookPath: "/hook/T0ken-text-in-the-path?key=k3y", config });
  rig.sink.answer = () => ({ status: 500, body: "the database is down" });
  const response = await rig.host.invoke(fixture("instance-launched"));
  expect(response).toMatchObject({ status: 502, body: '{"message":"function failed"}' });
  expect(response.callMs).toBeLessThan(10_000);

  const lines = rig.logs.filter((line) => line.startsWith("{")).map((line) => JSON.parse(line));
  expect(lines.find((line) => line.msg === "delivery")).toMatchObject({
    level: 50,
    callID: response.callId,
    eventID: "6f1d0c52-8a3e-4a55-9d0b-2b1f6f3c9e01",
    destination: "webhook",
    outcome: "failed",
    attempts: 5,
    status: 500,
    problem: "answered 500; gave up after 5 attempts",
  });
  expect(lines.find((line) => line.msg === "outcome")).toMatchObject({
    level: 50,
    outcome: "failed",
    callID: response.callId,
  });
  expect(secretsIn(rig.logs)).toEqual([]);
});

test.each([
  [
    "hangs",
    "hang",
    /^no answer from the receiver \(NO_TIME_LEFT\): no answer in time; no time (left|for another try) before the deadline$/,
  ],
  [
    "breaks the connection",
    "reset",
    // The last try may be cut short by the deadline.
    /^no answer from the receiver \((ECONNRESET|NO_TIME_LEFT)\): /,
  ],
] as const)("a destination that %s: 502 before a deadline of 3 s", async (_, answer, problem) => {
  rig = await startRig({ timeoutMs: 3_000, config: { ONS_TOPIC_ID: "" } });
  rig.sink.answer = () => answer;
  const response = await rig.host.invoke(fixture("instance-launched"));
  expect(response).toMatchObject({ status: 502, body: '{"message":"function failed"}' });
  expect(replyOf(response, rig.logs)).toMatchObject({
    outcome: "failed",
    deliveries: [{ problem: expect.stringMatching(problem) }],
  });
});

test("a receiver that answers 101 and takes over the connection is no success, and holds nothing up", async () => {
  const server = createServer((socket) =>
    socket.end("HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n"),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  rig = await startRig({ timeoutMs: 6_000, config: { ONS_TOPIC_ID: "", WEBHOOK_URL: `http://127.0.0.1:${port}/` } });
  expect(replyOf(await rig.host.invoke(fixture("instance-launched")), rig.logs)).toMatchObject({
    outcome: "failed",
    deliveries: [{ attempts: 1, status: 101, problem: "answered 101; not worth another try" }],
  });
  server.close();
});

test("a success whose body dawdles is a success all the same", async () => {
  const server = createServer((socket) => socket.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhal"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  rig = await startRig({ timeoutMs: 3_000, config: { ONS_TOPIC_ID: "", WEBHOOK_URL: `http://127.0.0.1:${port}/` } });
  expect(replyOf(await rig.host.invoke(fixture("instance-launched")), rig.logs)).toMatchObject({
    outcome: "delivered",
    deliveries: [{ attempts: 1, status: 200 }],
  });
  server.close();
});

test("a message over ONS's 64 KB is sent without what makes it so big, and says so", async () => {
  rig = await startRig({ config: { WEBHOOK_URL: "" } });
  const event = JSON.parse(fixture("instance-launched").toString());
  event.data.additionalDetails.note = "x".repeat(70_000);
  expect(replyOf(await rig.host.invoke(JSON.stringify(event)), rig.logs)).toMatchObject({
    outcome: "delivered",
    deliveries: [{ destination: "ons", outcome: "delivered", attempts: 1, status: 202 }],
  });
  const { message, title } = golden("instance-launched") as { title: string; message: Message };
  const { additional_details: _, ...oci } = message.resource_details.oci;
  const shed = {
    ...message,
    resource_details: { ...message.resource_details, oci: { ...oci, left_out: ["oci.additional_details"] } },
  };
  const published = rig.ons.published.map((each) => ({ title: each.title, message: JSON.parse(each.body) }));
  expect([published, rig.ons.requests]).toEqual([[{ title, message: shed }], [{ status: 202 }]]);
});

interface Message {
  resource_details: { oci: Record<string, unknown> };
}

test("a resource principal that cannot be read is explained on one line", async () => {
  rig = await startRig({ config: { WEBHOOK_URL: "", OCI_RESOURCE_PRINCIPAL_PRIVATE_PEM: "/nowhere/key.pem" } });
  expect(replyOf(await rig.host.invoke(fixture("instance-launched")), rig.logs)).toMatchObject({
    outcome: "failed",
    deliveries: [
      {
        attempts: 5,
        problem: expect.stringMatching(/^the request could not be signed as resource principal: .*\/nowhere\/key\.pem/),
      },
    ],
  });
});

test.each([
  "webhook",
  "ons",
])("a Retry-After of %s that lies past the deadline is believed: no second try", async (name) => {
  rig = await startRig({ timeoutMs: 5_000, config: { ROUTES: `[{"match":{},"to":["${name}"]}]` } });
  const busy = { status: 503, headers: { "Retry-After": "60" } };
  rig.sink.answer = () => busy;
  rig.ons.fault = busy;
  expect(replyOf(await rig.host.invoke(fixture("instance-launched")), rig.logs)).toMatchObject({
    outcome: "failed",
    deliveries: [
      { destination: name, attempts: 1, status: 503, problem: expect.stringContaining("no time for another try") },
    ],
  });
});

test("a redirect is not followed, and the location not told", async () => {
  rig = await startRig({ config: { ONS_TOPIC_ID: "" } });
  rig.sink.answer = () => ({ status: 307, headers: { Location: `${rig.sink.url}/elsewhere` } });
  expect(replyOf(await rig.host.invoke(fixture("instance-launched")), rig.logs)).toMatchObject({
    outcome: "failed",
    deliveries: [{ attempts: 1, status: 307, problem: expect.stringContaining("redirects are not followed") }],
  });
  expect(rig.sink.received.map((request) => request.path)).toEqual(["/webhook"]);
});

test("one destination down does not keep the other from its message, and the event counts as failed", async () => {
  rig = await startRig();
  rig.sink.answer = () => ({ status: 400 });
  const response = await rig.host.invoke(fixture("instance-launched"));
  expect(replyOf(response, rig.logs)).toMatchObject({
    outcome: "failed",
    deliveries: [
      { destination: "webhook", outcome: "failed", attempts: 1, status: 400 },
      { destination: "ons", outcome: "delivered", attempts: 1, status: 202 },
    ],
  });
  expect([response.status, rig.ons.published.length]).toEqual([502, 1]);
});

test("a stumble of ONS is tried again", async () => {
  rig = await startRig({ config: { WEBHOOK_URL: "" } });
  rig.ons.fault = { status: 429, headers: { "Retry-After": "1" }, body: '{"code":"TooManyRequests"}' };
  const answered = rig.host.invoke(fixture("instance-launched"));
  while (rig.ons.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  rig.ons.fault = undefined;
  expect(replyOf(await answered, rig.logs)).toMatchObject({
    outcome: "delivered",
    deliveries: [{ attempts: 2, status: 202 }],
  });
});

test("an ONS that refuses is explained, with what to do", async () => {
  rig = await startRig({ config: { WEBHOOK_URL: "", ONS_TOPIC_ID: "ocid1.onstopic.oc1.phx.another" } });
  expect(replyOf(await rig.host.invoke(fixture("instance-launched")), rig.logs)).toMatchObject({
    deliveries: [
      {
        problem: expect.stringMatching(/404 NotAuthorizedOrNotFound: no such topic in this region .*ONS_TOPIC_PUBLISH/),
      },
    ],
  });
});

test("a frozen container answers the next event after the thaw", async () => {
  rig = await startRig();
  for (const _ of [1, 2, 3]) {
    const response = await rig.host.invoke(freshEvent(fixture("instance-launched")));
    expect(replyOf(response, rig.logs)).toMatchObject({ outcome: "delivered" });
    await untilStopped(rig.host.pid() ?? 0);
  }
  expect(rig.logs.filter((line) => line.includes('"msg":"started"')).length).toBe(1);
});

function secretsIn(lines: readonly string[]): string[] {
  const text = lines.join("\n");
  return [LOCAL_SECRET_KEY, "T0ken-text-in-the-path", "k3y", "h3ader-s3cret"].filter((secret) => text.includes(secret));
}
