import { describe, expect, test } from "vitest";
import { fnClient, ID, TIME } from "./fn-client.ts";

const NO_SUCH = "01NOSUCH000000000000000000";
const LONG = "n".repeat(256);

describe("apps", () => {
  test("are created, read, changed and deleted", async () => {
    const { ask } = await fnClient();
    const app = { id: expect.stringMatching(ID), name: "relay", created_at: expect.stringMatching(TIME) };
    const whole = {
      ...app,
      config: { A: "1", B: "2" },
      annotations: { note: { by: ["me"] } },
      syslog_url: "tcp://127.0.0.1:514",
      shape: "GENERIC_ARM",
      updated_at: expect.stringMatching(TIME),
    };
    const { id: _, created_at: __, updated_at: ___, ...asked } = whole;
    const created = await ask("POST", "/v2/apps", asked);
    expect(created).toEqual({ status: 200, body: whole });
    const path = `/v2/apps/${created.body.id}`;
    expect(await ask("GET", path)).toEqual(created);
    const changed = await ask("PUT", path, {
      config: { A: "", B: "3", C: "4" },
      annotations: { note: "", other: 1 },
      syslog_url: "",
    });
    const { syslog_url: ____, ...rest } = created.body;
    expect(changed).toEqual({
      status: 200,
      body: {
        ...{ ...rest, config: { B: "3", C: "4" }, annotations: { other: 1 } },
        updated_at: expect.stringMatching(TIME),
      },
    });
    expect(await ask("GET", path)).toEqual(changed);
    expect(await ask("DELETE", path)).toEqual({ status: 204, body: undefined });
    expect(await ask("GET", path)).toEqual({ status: 404, body: { message: "App not found" } });
  });

  test("without anything show neither config nor annotations", async () => {
    const { ask } = await fnClient();
    const { body } = await ask("POST", "/v2/apps", { name: "bare" });
    expect(Object.keys(body)).toEqual(["id", "name", "created_at", "updated_at"]);
  });

  test("keep the time of their last change when a PUT changes nothing", async () => {
    const { ask } = await fnClient();
    const { body } = await ask("POST", "/v2/apps", { name: "same", config: { A: "1" } });
    expect((await ask("PUT", `/v2/apps/${body.id}`, { config: { A: "1" } })).body).toEqual(body);
  });

  test("take their functions and triggers along when they are deleted", async () => {
    const { ask, deploy } = await fnClient();
    const { id, appId } = await deploy();
    const trigger = { app_id: appId, fn_id: id, name: "t", type: "http", source: "/t" };
    const { body } = await ask("POST", "/v2/triggers", trigger);
    await ask("DELETE", `/v2/apps/${appId}`);
    expect(await ask("GET", `/v2/fns/${id}`)).toEqual({ status: 404, body: { message: "Fn not found" } });
    expect(await ask("GET", `/v2/triggers/${body.id}`)).toEqual({
      status: 404,
      body: { message: "Trigger not found" },
    });
  });

  test.each([
    ["no body", "", 400, "Invalid JSON"],
    ["no JSON", "{", 400, "Invalid JSON"],
    ["no object", [], 400, "Invalid JSON"],
    ["a name that is a number", { name: 1 }, 400, "Invalid JSON"],
    ["config that is not text", { name: "a", config: { A: 1 } }, 400, "Invalid JSON"],
    ["null", null, 400, "Missing Name"],
    ["no name", {}, 400, "Missing Name"],
    ["a long name", { name: LONG }, 400, "App name must be 255 characters or less"],
    ["a name with a space", { name: "a b" }, 400, "Invalid app name"],
    ["an id", { name: "a", id: "x" }, 400, "App ID cannot be supplied on create"],
    ["a name that is taken", { name: "taken" }, 409, "App already exists"],
    ["a shape that there is not", { name: "a", shape: "ROUND" }, 400, "Invalid app shape"],
    [
      "a syslog address of another kind",
      { name: "a", syslog_url: "yo://sup.com:1" },
      400,
      'invalid syslog url: "yo://sup.com:1" invalid scheme, only [tcp, udp, unix, unixgram, tcp+tls] are supported',
    ],
    [
      "an annotation without a key",
      { name: "a", annotations: { "": 1 } },
      400,
      "Invalid annotation key, annotation keys must be non-empty ascii strings excluding whitespace",
    ],
    [
      "an annotation with a long key",
      { name: "a", annotations: { [LONG]: 1 } },
      400,
      "Invalid annotation key length, annotation keys may not be larger than 128 bytes",
    ],
    [
      "an empty annotation",
      { name: "a", annotations: { k: "" } },
      400,
      "Invalid annotation value, annotation values may only be non-empty strings, numbers, objects, or arrays",
    ],
    [
      "a long annotation",
      { name: "a", annotations: { k: "v".repeat(511) } },
      400,
      "Invalid annotation value length, annotation values may not be larger than 512 bytes when serialized as JSON",
    ],
    [
      "101 annotations",
      { name: "a", annotations: Object.fromEntries([...Array(101).keys()].map((key) => [key, 1])) },
      400,
      "Invalid annotation change, new key(s) exceed maximum permitted number of annotations keys (100)",
    ],
  ])("are not created with %s", async (_, body, status, message) => {
    const { ask } = await fnClient();
    await ask("POST", "/v2/apps", { name: "taken" });
    expect(await ask("POST", "/v2/apps", body)).toEqual({ status, body: { message } });
    expect((await ask("GET", "/v2/apps")).body.items).toHaveLength(1);
  });

  test.each([
    ["another name", { name: "other" }, 409, "Could not update - name is immutable"],
    ["another id", { id: "x" }, 400, "App ID in path does not match ID in body"],
    ["no JSON", "", 400, "Invalid JSON"],
  ])("are not changed with %s", async (_, body, status, message) => {
    const { ask } = await fnClient();
    const created = await ask("POST", "/v2/apps", { name: "app" });
    expect(await ask("PUT", `/v2/apps/${created.body.id}`, body)).toEqual({ status, body: { message } });
    expect(await ask("GET", `/v2/apps/${created.body.id}`)).toEqual(created);
  });

  test.each(["GET", "PUT", "DELETE"])("that there are not: %s", async (method) => {
    const { ask } = await fnClient();
    const body = method === "PUT" ? {} : undefined;
    expect(await ask(method, `/v2/apps/${NO_SUCH}`, body)).toEqual({ status: 404, body: { message: "App not found" } });
  });

  test("are listed by name, a page at a time", async () => {
    const { ask } = await fnClient();
    for (const name of ["c", "a", "ä", "b", "B"]) await ask("POST", "/v2/apps", { name });
    const names: string[][] = [];
    let path = "/v2/apps?per_page=2";
    for (let more = true; more; ) {
      const { body } = await ask("GET", path);
      names.push(body.items.map((app: { name: string }) => app.name));
      more = body.next_cursor !== undefined;
      path = `/v2/apps?per_page=2&cursor=${body.next_cursor}`;
    }
    expect(names).toEqual([["B", "a"], ["b", "c"], ["ä"]]);
    expect(await ask("GET", "/v2/apps?name=b")).toMatchObject({ body: { items: [{ name: "b" }] } });
    expect(await ask("GET", "/v2/apps?name=none")).toEqual({ status: 200, body: { items: [] } });
  });

  test.each([
    ["", 30],
    ["?per_page=0", 30],
    ["?per_page=-1", 30],
    ["?per_page=many", 30],
    ["?per_page=101", 100],
    ["?per_page=40", 40],
  ])("a page%s holds %i", async (query, length) => {
    const { ask } = await fnClient();
    await Promise.all([...Array(101).keys()].map((name) => ask("POST", "/v2/apps", { name: `n${name}` })));
    expect((await ask("GET", `/v2/apps${query}`)).body.items).toHaveLength(length);
  });

  test("a cursor that nobody gave out is a fault of the server, as in Fn", async () => {
    const { ask } = await fnClient();
    expect(await ask("GET", "/v2/apps?cursor=%21")).toEqual({
      status: 500,
      body: { message: "internal server error" },
    });
  });
});

describe("functions", () => {
  test("are created with defaults, tell where they are called, and are changed key by key", async () => {
    const { url, ask, deploy } = await fnClient();
    const { id, appId } = await deploy({ config: { A: "1" } }, { shape: "GENERIC_X86" });
    const path = `/v2/fns/${id}`;
    const fn = {
      ...{ id: expect.stringMatching(ID), name: "fn", app_id: appId, image: "replies:1", config: { A: "1" } },
      ...{ memory: 128, timeout: 30, idle_timeout: 30, shape: "GENERIC_X86" },
      annotations: { "fnproject.io/fn/invokeEndpoint": `${url}/invoke/${id}` },
      created_at: expect.stringMatching(TIME),
      updated_at: expect.stringMatching(TIME),
    };
    expect(await ask("GET", path)).toEqual({ status: 200, body: fn });
    expect(await ask("GET", `/v2/fns?app_id=${appId}`)).toEqual({ status: 200, body: { items: [fn] } });
    const change = { image: "replies:2", memory: 256, timeout: 60, idle_timeout: 90, config: { A: "", B: "2" } };
    const { annotations, ...changed } = { ...fn, ...change, config: { B: "2" } };
    expect(await ask("PUT", path, { id, name: "ignored", app_id: "ignored", ...change })).toEqual({
      status: 200,
      body: changed,
    });
    expect(await ask("GET", path)).toEqual({ status: 200, body: { ...changed, annotations } });
    expect(await ask("DELETE", path)).toEqual({ status: 204, body: undefined });
    expect(await ask("DELETE", path)).toEqual({ status: 404, body: { message: "Fn not found" } });
  });

  test("tell their address by the host that the caller has named", async () => {
    const { url, ask, deploy } = await fnClient();
    const { id } = await deploy();
    const named = url.replace("127.0.0.1", "localhost");
    const { annotations } = await (await fetch(`${named}/v2/fns/${id}`)).json();
    expect(annotations).toEqual({ "fnproject.io/fn/invokeEndpoint": `${named}/invoke/${id}` });
    await ask("PUT", `/v2/fns/${id}`, { annotations });
    expect((await ask("GET", `/v2/fns/${id}`)).body.annotations).toEqual({
      "fnproject.io/fn/invokeEndpoint": `${url}/invoke/${id}`,
    });
  });

  test("have the same id when they are created again, also by another server", async () => {
    const first = await fnClient();
    const { id } = await first.deploy();
    await first.ask("DELETE", `/v2/fns/${id}`);
    expect((await first.deploy()).id).toBe(id);
    expect((await (await fnClient()).deploy()).id).toBe(id);
    expect((await first.deploy({ name: "other" })).id).not.toBe(id);
  });

  test.each([
    ["no body", "", 400, "Invalid JSON"],
    ["memory below zero", { memory: -1 }, 400, "Invalid JSON"],
    ["a part of a second", { timeout: 1.5 }, 400, "Invalid JSON"],
    ["an id", { id: "x" }, 400, "ID cannot be provided for Fn creation"],
    ["no app", { app_id: "" }, 400, "Missing AppID on Fn"],
    ["an app that there is not", { app_id: NO_SUCH }, 404, "App not found"],
    ["no name", { name: "" }, 400, "Missing Fn name"],
    ["a long name", { name: LONG }, 400, "Fn name must be 255 characters or less"],
    ["a name that is no part of a path", { name: "a/b" }, 400, "name must be a valid string"],
    ["a name that is taken", { name: "taken" }, 409, "Fn with specified name already exists"],
    ["no image", { image: "" }, 400, "Missing image on Fn"],
    ["no time", { timeout: -1 }, 400, "timeout value is out of range, must be between 0 and 300"],
    ["too much time", { timeout: 301 }, 400, "timeout value is out of range, must be between 0 and 300"],
    ["no idle time", { idle_timeout: -1 }, 400, "idle_timeout value is out of range, must be between 0 and 3600"],
    ["long idle time", { idle_timeout: 3601 }, 400, "idle_timeout value is out of range, must be between 0 and 3600"],
    ["too much memory", { memory: 8193 }, 400, "memory value is out of range. It should be between 0 and 8192"],
  ])("are not created with %s", async (_, fields, status, message) => {
    const { ask, deploy } = await fnClient();
    const { appId } = await deploy({ name: "taken" });
    const body = typeof fields === "string" ? fields : { app_id: appId, name: "a", image: "replies", ...fields };
    expect(await ask("POST", "/v2/fns", body)).toEqual({ status, body: { message } });
    expect((await ask("GET", `/v2/fns?app_id=${appId}`)).body.items).toHaveLength(1);
  });

  test.each([
    ["another id", { id: "x" }, 400, "Fn ID in path does not match that in body"],
    ["too much time", { timeout: 301 }, 400, "timeout value is out of range, must be between 0 and 300"],
    ["too much memory", { memory: 8193 }, 400, "memory value is out of range. It should be between 0 and 8192"],
  ])("are not changed with %s", async (_, body, status, message) => {
    const { ask, deploy } = await fnClient();
    const { id } = await deploy();
    const before = await ask("GET", `/v2/fns/${id}`);
    expect(await ask("PUT", `/v2/fns/${id}`, body)).toEqual({ status, body: { message } });
    expect(await ask("GET", `/v2/fns/${id}`)).toEqual(before);
  });

  test("of two apps may have one name, and are listed of the app that is named", async () => {
    const { ask, deploy } = await fnClient();
    const one = await deploy({}, { name: "one" });
    const other = await deploy({}, { name: "other" });
    const listed = await ask("GET", `/v2/fns?app_id=${other.appId}&name=fn`);
    expect(listed.body.items.map((fn: { id: string }) => fn.id)).toEqual([other.id]);
    expect(one.id).not.toBe(other.id);
    expect(await ask("GET", "/v2/fns")).toEqual({ status: 400, body: { message: "Missing AppID on Fn" } });
    expect(await ask("GET", `/v2/fns?app_id=${NO_SUCH}`)).toEqual({ status: 200, body: { items: [] } });
  });

  test("keep a key that every object has", async () => {
    const { ask, deploy } = await fnClient();
    const { id } = await deploy({ config: { constructor: "1", toString: "2" } });
    await ask("PUT", `/v2/fns/${id}`, { config: { constructor: "" } });
    expect((await ask("GET", `/v2/fns/${id}`)).body.config).toEqual({ toString: "2" });
  });
});

describe("triggers", () => {
  const HTTP = { name: "hook", type: "http", source: "/a/hook" };

  test("are created, tell where they are called, are changed and deleted", async () => {
    const { url, ask, deploy } = await fnClient();
    const { id, appId } = await deploy();
    const created = await ask("POST", "/v2/triggers", { ...HTTP, app_id: appId, fn_id: id });
    const trigger = {
      ...{ ...HTTP, id: expect.stringMatching(ID), app_id: appId, fn_id: id },
      annotations: { "fnproject.io/trigger/httpEndpoint": `${url}/t/app/a/hook` },
      created_at: expect.stringMatching(TIME),
      updated_at: expect.stringMatching(TIME),
    };
    expect(created).toEqual({ status: 200, body: trigger });
    const path = `/v2/triggers/${created.body.id}`;
    const { annotations: _, ...changed } = { ...trigger, name: "other", source: "/b" };
    expect(await ask("PUT", path, { name: "other", source: "/b" })).toEqual({ status: 200, body: changed });
    const read = { ...changed, annotations: { "fnproject.io/trigger/httpEndpoint": `${url}/t/app/b` } };
    expect(await ask("GET", path)).toEqual({ status: 200, body: read });
    for (const query of ["", `&fn_id=${id}`, "&name=other"]) {
      expect((await ask("GET", `/v2/triggers?app_id=${appId}${query}`)).body).toEqual({ items: [read] });
    }
    for (const query of ["&fn_id=x", "&name=hook"]) {
      expect((await ask("GET", `/v2/triggers?app_id=${appId}${query}`)).body).toEqual({ items: [] });
    }
    expect(await ask("DELETE", path)).toEqual({ status: 204, body: undefined });
    expect(await ask("DELETE", path)).toEqual({ status: 404, body: { message: "Trigger not found" } });
  });

  test.each([
    ["an id", { id: "x" }, 400, "ID cannot be provided for Trigger creation"],
    ["a time", { created_at: "2026-01-01T00:00:00Z" }, 400, "Trigger Created At Provided for Create"],
    ["another time", { updated_at: "2026-01-01T00:00:00Z" }, 400, "Trigger ID Provided for Create"],
    ["no app", { app_id: "" }, 400, "Missing App ID on Trigger"],
    ["an app that there is not", { app_id: NO_SUCH }, 404, "App not found"],
    ["no name", { name: "" }, 400, "Missing name on Trigger"],
    ["a long name", { name: LONG }, 400, "Trigger name must be 255 characters or less"],
    ["a name with a space", { name: "a b" }, 400, "Invalid name for Trigger"],
    ["no function", { fn_id: "" }, 400, "Missing Fn ID on Trigger"],
    ["a function that there is not", { fn_id: NO_SUCH }, 404, "Fn not found"],
    ["another type", { type: "cron" }, 400, "Trigger Type Not Supported"],
    ["no source", { source: "" }, 400, "Missing Trigger Source"],
    ["a source without a slash", { source: "hook" }, 400, "Missing Trigger Source Prefix '/'"],
    ["a source that is taken", { name: "b" }, 409, "Trigger with the same type and source exists on this app"],
    ["a name that is taken", { source: "/b" }, 409, "Trigger already exists"],
  ])("are not created with %s", async (_, fields, status, message) => {
    const { ask, deploy } = await fnClient();
    const { id, appId } = await deploy();
    await ask("POST", "/v2/triggers", { ...HTTP, app_id: appId, fn_id: id });
    const body = { ...HTTP, app_id: appId, fn_id: id, ...fields };
    expect(await ask("POST", "/v2/triggers", body)).toEqual({ status, body: { message } });
  });

  test("are not created for a function of another app", async () => {
    const { ask, deploy } = await fnClient();
    const { id } = await deploy();
    const { appId } = await deploy({}, { name: "other" });
    expect(await ask("POST", "/v2/triggers", { ...HTTP, app_id: appId, fn_id: id })).toEqual({
      status: 400,
      body: { message: "Invalid Fn ID - not owned by specified app" },
    });
  });

  test("are not listed without an app", async () => {
    const { ask } = await fnClient();
    expect(await ask("GET", "/v2/triggers")).toEqual({ status: 400, body: { message: "Missing App ID on Trigger" } });
  });
});

describe("the server", () => {
  test.each([
    ["GET", "/", 200, { hello: "world!", goto: "https://github.com/fnproject/fn" }],
    ["GET", "/version", 200, { version: "0.3.753" }],
    ["GET", "/v1/apps", 404, { message: "Path not found: GET /v1/apps" }],
    ["GET", "/v2/app%20s", 404, { message: "Path not found: GET /v2/app s" }],
    ["GET", "//v2/apps", 404, { message: "Path not found: GET //v2/apps" }],
    ["PATCH", "/v2/apps", 405, { message: "Method not allowed: PATCH /v2/apps" }],
    ["GET", "/invoke/x", 405, { message: "Method not allowed: GET /invoke/x" }],
    ["POST", "/invoke/x", 404, { message: "Fn not found" }],
    ["GET", "/t/none/hook", 404, { message: "App not found" }],
    ["GET", "/%", 400, { message: "Path malformed" }],
    ["GET", "/v2/apps/", 200, { items: [] }],
  ])("answers %s %s", async (method, path, status, body) => {
    const { ask } = await fnClient();
    expect(await ask(method, path)).toEqual({ status, body });
  });

  test("refuses what a web page could send", async () => {
    const { url } = await fnClient();
    const { status } = await fetch(`${url}/v2/apps`, { headers: { Origin: "http://localhost:8080" } });
    expect(status).toBe(403);
  });
});
