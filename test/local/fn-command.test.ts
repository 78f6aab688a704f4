import { describe, expect, test } from "vitest";
import { fixture } from "../../local/fixtures.ts";
import { startSink } from "../../local/sink.ts";
import { stockEntry } from "../../local/stock.ts";
import { fnClient, ID, TIME } from "./fn-client.ts";

/** What the fn command puts where it knows no time. */
const NO_TIME = "0001-01-01T00:00:00.000Z";
const NO_TIMES = { created_at: NO_TIME, updated_at: NO_TIME };

type Fields = Record<string, unknown>;
type Named = Fields & { id: string; name: string; annotations: Record<string, string> };

/** The requests that the fn command 0.6.63 was seen to make, command by command: same methods, paths, headers and bodies. */
function fnCommand(url: string) {
  async function send(method: string, path: string, body?: unknown): Promise<{ status: number; body: Fields }> {
    const headers = {
      ...{ "User-Agent": "Go-http-client/1.1", Accept: "application/json", "Accept-Encoding": "gzip" },
      ...(method !== "GET" && { "Content-Type": "application/json" }),
    };
    const init = body === undefined ? {} : { body: JSON.stringify(body) };
    const response = await fetch(url + path, { method, headers, ...init });
    const text = await response.text();
    return { status: response.status, body: text === "" ? {} : JSON.parse(text) };
  }
  async function only(path: string): Promise<Named> {
    const { status, body } = await send("GET", path);
    expect({ status, items: (body.items as Named[]).length }).toEqual({ status: 200, items: 1 });
    return (body.items as Named[])[0] as Named;
  }
  const appNamed = (app: string) => only(`/v2/apps?name=${app}`);
  const fnNamed = async (app: string, fn: string) => only(`/v2/fns?app_id=${(await appNamed(app)).id}&name=${fn}`);
  const triggerNamed = async (app: string, fn: string, trigger: string) => {
    const { id, app_id } = await fnNamed(app, fn);
    return only(`/v2/triggers?app_id=${app_id}&fn_id=${id}&name=${trigger}`);
  };
  return {
    version: () => send("GET", "/version"),
    listApps: () => send("GET", "/v2/apps"),
    createApp: (name: string, fields: Fields = {}) => send("POST", "/v2/apps", { ...NO_TIMES, name, ...fields }),
    inspectApp: appNamed,
    configApp: async (app: string, config: Fields) => {
      const found = await appNamed(app);
      return send("PUT", `/v2/apps/${found.id}`, { ...found, config });
    },
    updateApp: async (app: string, fields: Fields) => {
      const found = await appNamed(app);
      return send("PUT", `/v2/apps/${found.id}`, { ...found, ...fields });
    },
    deleteApp: async (app: string) => send("DELETE", `/v2/apps/${(await appNamed(app)).id}`),
    listFunctions: async (app: string) => send("GET", `/v2/fns?app_id=${(await appNamed(app)).id}`),
    createFunction: async (app: string, name: string, fields: Fields) =>
      send("POST", "/v2/fns", { ...NO_TIMES, app_id: (await appNamed(app)).id, name, ...fields }),
    inspectFunction: fnNamed,
    configFunction: async (app: string, fn: string, config: Fields) => {
      const found = await fnNamed(app, fn);
      return send("PUT", `/v2/fns/${found.id}`, { ...found, config });
    },
    updateFunction: async (app: string, fn: string, fields: Fields) => {
      const { config: _, ...found } = await fnNamed(app, fn);
      return send("PUT", `/v2/fns/${found.id}`, { ...found, ...fields });
    },
    /** `fn deploy --local`, after docker has built the image. */
    deploy: async (app: string, name: string, fields: Fields) => {
      const { id: app_id } = await appNamed(app);
      const { body } = await send("GET", `/v2/fns?app_id=${app_id}&name=${name}`);
      const [found] = body.items as Named[];
      if (found === undefined) return send("POST", "/v2/fns", { ...NO_TIMES, app_id, name, ...fields });
      return send("PUT", `/v2/fns/${found.id}`, { ...NO_TIMES, id: found.id, ...fields });
    },
    deleteFunction: async (app: string, fn: string) => send("DELETE", `/v2/fns/${(await fnNamed(app, fn)).id}`),
    invoke: async (app: string, fn: string, body = "", contentType = "text/plain") => {
      const endpoint = (await fnNamed(app, fn)).annotations["fnproject.io/fn/invokeEndpoint"] ?? "";
      const headers = { "User-Agent": "Go-http-client/1.1", "Content-Type": contentType, "Accept-Encoding": "gzip" };
      return fetch(endpoint, { method: "POST", headers, body });
    },
    createTrigger: async (app: string, fn: string, name: string, source: string) => {
      const { id, app_id } = await fnNamed(app, fn);
      return send("POST", "/v2/triggers", { ...NO_TIMES, app_id, fn_id: id, name, source, type: "http" });
    },
    listTriggers: async (app: string) => {
      const listed = await send("GET", `/v2/triggers?app_id=${(await appNamed(app)).id}`);
      const fns = (listed.body.items as { fn_id: string }[]).map(({ fn_id }) => send("GET", `/v2/fns/${fn_id}`));
      return { ...listed, functions: await Promise.all(fns) };
    },
    updateTrigger: async (app: string, fn: string, trigger: string, fields: Fields) => {
      const { annotations: _, ...found } = await triggerNamed(app, fn, trigger);
      return send("PUT", `/v2/triggers/${found.id}`, { ...found, ...fields });
    },
    deleteTrigger: async (app: string, fn: string, trigger: string) =>
      send("DELETE", `/v2/triggers/${(await triggerNamed(app, fn, trigger)).id}`),
  };
}

const TIMES = { created_at: expect.stringMatching(TIME), updated_at: expect.stringMatching(TIME) };
const DELETED = { status: 204, body: {} };

describe("the fn command gets what it gets from the Fn server", () => {
  test("for apps", async () => {
    const fn = fnCommand((await fnClient()).url);
    expect(await fn.version()).toEqual({ status: 200, body: { version: "0.3.753" } });
    expect(await fn.listApps()).toEqual({ status: 200, body: { items: [] } });
    const relay = { id: expect.stringMatching(ID), name: "relay", ...TIMES };
    expect(await fn.createApp("relay")).toEqual({ status: 200, body: relay });
    expect(await fn.createApp("relay")).toEqual({ status: 409, body: { message: "App already exists" } });
    expect(await fn.createApp("bad name")).toEqual({ status: 400, body: { message: "Invalid app name" } });
    await fn.createApp("second", { config: { A: "1", B: "2" } });
    expect(await fn.inspectApp("second")).toEqual({ ...relay, name: "second", config: { A: "1", B: "2" } });
    expect(await fn.configApp("second", { A: "", LOG_LEVEL: "warn" })).toMatchObject({ status: 200 });
    expect(await fn.inspectApp("second")).toEqual({ ...relay, name: "second", config: { B: "2", LOG_LEVEL: "warn" } });
    expect((await fn.updateApp("relay", { syslog_url: "tcp://x:1" })).body).toEqual({
      ...{ ...relay, syslog_url: "tcp://x:1" },
    });
    expect(await fn.deleteApp("relay")).toEqual(DELETED);
    expect((await fn.listApps()).body).toMatchObject({ items: [{ name: "second" }] });
  });

  test("for functions", async () => {
    const { url } = await fnClient();
    const fn = fnCommand(url);
    await fn.createApp("relay");
    const created = await fn.createFunction("relay", "replies", { image: "replies:1", memory: 256, timeout: 60 });
    const endpoint = expect.stringMatching(new RegExp(`^${url}/invoke/[0-9A-Z]{26}$`));
    expect(created).toEqual({
      status: 200,
      body: {
        ...{ id: expect.stringMatching(ID), app_id: expect.stringMatching(ID), name: "replies", image: "replies:1" },
        ...{ memory: 256, timeout: 60, idle_timeout: 30, config: {} },
        ...{ annotations: { "fnproject.io/fn/invokeEndpoint": endpoint }, ...TIMES },
      },
    });
    expect(await fn.inspectFunction("relay", "replies")).toEqual(created.body);
    expect(await fn.createFunction("relay", "replies", { image: "replies:1" })).toEqual({
      status: 409,
      body: { message: "Fn with specified name already exists" },
    });
    expect(await fn.createFunction("relay", "big", { image: "replies:1", memory: 9000 })).toEqual({
      status: 400,
      body: { message: "memory value is out of range. It should be between 0 and 8192" },
    });
    await fn.configFunction("relay", "replies", { KEY: "value", OTHER: "1" });
    await fn.configFunction("relay", "replies", { OTHER: "" });
    await fn.updateFunction("relay", "replies", { timeout: 1 });
    expect(await fn.inspectFunction("relay", "replies")).toMatchObject({ config: { KEY: "value" }, timeout: 1 });
    await fn.deploy("relay", "replies", { image: "replies:2", memory: 512, timeout: 90 });
    await fn.deploy("relay", "another", { image: "replies:2", memory: 512, timeout: 90 });
    expect((await fn.listFunctions("relay")).body.items).toMatchObject([
      { name: "another", image: "replies:2", memory: 512, timeout: 90, config: {} },
      { name: "replies", image: "replies:2", memory: 512, timeout: 90, config: { KEY: "value" } },
    ]);
    expect(await fn.deleteFunction("relay", "another")).toEqual(DELETED);
  });

  test("for calls", async () => {
    const fn = fnCommand((await fnClient()).url);
    await fn.createApp("relay");
    await fn.createFunction("relay", "replies", { image: "replies:1" });
    const called = await fn.invoke("relay", "replies", "hi\n");
    const { body, headers } = await called.json();
    expect([called.status, called.headers.get("fn-call-id"), body, headers["content-type"]]).toEqual([
      ...[200, expect.stringMatching(ID), Buffer.from("hi\n").toString("base64"), "text/plain"],
    ]);
    await fn.createFunction("relay", "missing", { image: "hello:0.0.1" });
    const missing = await fn.invoke("relay", "missing");
    expect([missing.status, (await missing.json()).message]).toEqual([
      404,
      expect.stringMatching(/^Failed to pull image 'hello:0\.0\.1': /),
    ]);
    await fn.createFunction("relay", "failing", { image: "answers", config: { FAULT: "502" } });
    const failed = await fn.invoke("relay", "failing", "{}");
    expect([failed.status, await failed.json()]).toEqual([502, { message: "function failed" }]);
  });

  test("for triggers", async () => {
    const { url } = await fnClient();
    const fn = fnCommand(url);
    await fn.createApp("relay");
    await fn.createFunction("relay", "replies", { image: "replies:1" });
    const created = await fn.createTrigger("relay", "replies", "hook", "/hook");
    expect(created).toMatchObject({
      status: 200,
      body: { annotations: { "fnproject.io/trigger/httpEndpoint": `${url}/t/relay/hook` } },
    });
    expect(await fn.createTrigger("relay", "replies", "hook", "/hook")).toEqual({
      status: 409,
      body: { message: "Trigger with the same type and source exists on this app" },
    });
    expect(await fn.listTriggers("relay")).toMatchObject({
      body: { items: [created.body] },
      functions: [{ body: { name: "replies" } }],
    });
    await fn.updateTrigger("relay", "replies", "hook", { annotations: { a: 1 } });
    expect((await fn.listTriggers("relay")).body).toMatchObject({ items: [{ annotations: { a: 1 } }] });
    expect(await fn.deleteTrigger("relay", "replies", "hook")).toEqual(DELETED);
  });

  test("from the relay, as it was built", async () => {
    const sink = await startSink();
    try {
      const images = new Map([["oci-event-relay", await stockEntry()]]);
      const fn = fnCommand((await fnClient({ images })).url);
      await fn.createApp("relay");
      await fn.deploy("relay", "oci-event-relay", { image: "oci-event-relay:0.1.0", memory: 256, timeout: 60 });
      await fn.configFunction("relay", "oci-event-relay", { WEBHOOK_URL: `${sink.url}/hook` });
      const event = fixture("instance-launched").toString();
      const { status, headers } = await fn.invoke("relay", "oci-event-relay", event, "application/json");
      expect([status, headers.get("fn-fdk-version")]).toEqual([200, expect.stringMatching(/^fdk-node\//)]);
      expect(sink.received.map(({ event, answered }) => [event, answered])).toEqual([["SERVER/CREATE", 200]]);
      await fn.configFunction("relay", "oci-event-relay", { WEBHOOK_URL: `${sink.url}/other` });
      await fn.invoke("relay", "oci-event-relay", event, "application/json");
      expect(sink.received.map(({ path }) => path)).toEqual(["/hook", "/other"]);
    } finally {
      await sink.close();
    }
  });
});
