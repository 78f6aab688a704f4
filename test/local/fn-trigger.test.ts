import { describe, expect, test } from "vitest";
import { type FnClient, fnClient, ID } from "./fn-client.ts";

/** An app `app` with a function behind the trigger source /hook. */
async function hooked(fields: Record<string, unknown> = {}, source = "/hook"): Promise<FnClient> {
  const client = await fnClient();
  const { id, appId } = await client.deploy(fields);
  await client.ask("POST", "/v2/triggers", { app_id: appId, fn_id: id, name: "hook", type: "http", source });
  return client;
}

function replying(headers: Record<string, string>, body = "text") {
  return { config: { REPLY: JSON.stringify({ headers, body: Buffer.from(body).toString("base64") }) } };
}

describe("an HTTP trigger", () => {
  test("tells the function of the request in headers of its own", async () => {
    const { url } = await hooked();
    const headers = { "Content-Type": "text/x", "x-b3-traceid": "1", "Fn-Invoke-Type": "detached" };
    const response = await fetch(`${url}/t/app/hook?a=1&b=%20`, { method: "PUT", body: "{}", headers });
    const seen = await response.json();
    expect({ body: seen.body, headers: seen.headers }).toEqual({
      body: Buffer.from("{}").toString("base64"),
      headers: {
        "content-type": "text/x",
        "fn-http-h-accept": "*/*",
        "fn-http-h-accept-encoding": "gzip, deflate",
        "fn-http-h-accept-language": "*",
        "fn-http-h-content-length": "2",
        "fn-http-h-fn-invoke-type": "detached",
        "fn-http-h-sec-fetch-mode": "cors",
        "fn-http-h-user-agent": "node",
        "fn-http-h-x-b3-traceid": "1",
        "fn-http-method": "PUT",
        "fn-http-request-url": `${url}/t/app/hook?a=1&b=%20`,
        "fn-intent": "httprequest",
        "fn-call-id": response.headers.get("fn-call-id"),
        "fn-deadline": expect.any(String),
        ...{ "accept-encoding": "gzip", "user-agent": "Go-http-client/1.1" },
        ...{ host: "localhost", connection: "keep-alive", "transfer-encoding": "chunked" },
      },
    });
  });

  test.each(["GET", "POST", "DELETE", "PATCH", "OPTIONS"])("takes %s", async (method) => {
    const { url } = await hooked();
    const { headers } = await (await fetch(`${url}/t/app/hook`, { method })).json();
    expect(headers["fn-http-method"]).toBe(method);
  });

  test("answers with the status and the headers that the function has chosen for it, and no others", async () => {
    const chosen = {
      ...{ "Content-Type": "a/b", "Fn-Http-Status": "422", "Fn-Http-H-Location": "/x", "Fn-Http-H-X-Two": "2" },
      ...{ "Fn-Http-H-": "x", "X-Mine": "yes", "Fn-Fdk-Version": "fdk-node/0" },
    };
    const { url } = await hooked(replying(chosen));
    const response = await fetch(`${url}/t/app/hook`);
    expect([response.status, await response.text()]).toEqual([422, "text"]);
    const { date: _, connection: __, "keep-alive": ___, ...headers } = Object.fromEntries(response.headers);
    expect(headers).toEqual({
      ...{ "content-type": "a/b", location: "/x", "x-two": "2", "content-length": "4" },
      "fn-call-id": expect.stringMatching(ID),
    });
  });

  test.each([
    ["", 200],
    ["201", 201],
    ["no number", 200],
    ["0", 200],
    ["99", 500],
    ["1000", 500],
  ])("makes of the status %o %i", async (status, expected) => {
    const { url } = await hooked(replying({ "Fn-Http-Status": status }));
    expect((await fetch(`${url}/t/app/hook`)).status).toBe(expected);
  });

  test("tells of a function that failed, whatever it wanted", async () => {
    const { url } = await hooked({ image: "answers", config: { FAULT: "502" } });
    const response = await fetch(`${url}/t/app/hook`);
    expect([response.status, await response.json()]).toEqual([502, { message: "function failed" }]);
    expect(response.headers.get("fn-call-id")).toMatch(ID);
  });

  test.each([
    ["/hook", "/t/app/hook", 200],
    ["/hook", "/t/app/hook/", 404],
    ["/hook", "/t/app", 404],
    ["/", "/t/app", 200],
    ["/", "/t/app/", 200],
    ["/a b/ü", "/t/app/a%20b/%C3%BC", 200],
    ["/a//b", "/t/app/a//b", 200],
  ])("with the source %s is at %s: %i", async (source, path, status) => {
    const { url } = await hooked({}, source);
    expect((await fetch(url + path)).status).toBe(status);
  });

  test("that there is not", async () => {
    const { ask } = await hooked();
    expect(await ask("GET", "/t/app/other")).toEqual({ status: 404, body: { message: "Trigger not found" } });
  });

  test("is gone with its function", async () => {
    const { ask } = await hooked();
    const { id } = (await ask("GET", "/v2/apps?name=app")).body.items[0];
    const [fn] = (await ask("GET", `/v2/fns?app_id=${id}`)).body.items;
    await ask("DELETE", `/v2/fns/${fn.id}`);
    expect(await ask("GET", "/t/app/hook")).toEqual({ status: 404, body: { message: "Trigger not found" } });
  });
});
