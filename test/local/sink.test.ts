import { createHmac } from "node:crypto";
import { afterEach, expect, test } from "vitest";
import { type Sink, startSink } from "../../local/sink.ts";

let sink: Sink;
afterEach(() => sink.close());

async function post(body: string, headers: Record<string, string> = {}): Promise<number> {
  return (await fetch(`${sink.url}/hook`, { method: "POST", body, headers })).status;
}

const CURRENT = '{"Msg":"This is a verification message, please ignore."}';

test.each([
  ["the current form, without an event", CURRENT, {}],
  ["the old form, event VALIDATE", '{"Msg":"This is a validate message."}', { "X-Yunion-Event": "VALIDATE" }],
])("acknowledges Cloudpods' validation request, in %s, whatever else it is told to answer", async (_, body, headers) => {
  sink = await startSink();
  sink.answer = () => ({ status: 500 });
  expect(await post(body, headers)).toBe(200);
  expect(sink.received.map((request) => request.isValidation)).toEqual([true]);
  expect(await post("{}", { "X-Yunion-Event": "SERVER/CREATE" })).toBe(500);
});

test("refuses what its secret key does not verify, a validation request too", async () => {
  sink = await startSink({ secretKey: "k" });
  const token = createHmac("sha256", "k").update(CURRENT).digest("hex");
  expect([
    await post(CURRENT, { "X-Auth-Token": token }),
    await post(`${CURRENT} `, { "X-Auth-Token": token }),
    await post(CURRENT),
  ]).toEqual([200, 401, 401]);
  expect(sink.received.map((request) => request.token)).toEqual(["valid", "wrong", "absent"]);
});

test("answers only POST, and no web page", async () => {
  sink = await startSink();
  expect((await fetch(sink.url)).status).toBe(405);
  expect(await post("{}", { Origin: "http://localhost" })).toBe(403);
});
