import { fileURLToPath } from "node:url";
import { afterEach } from "vitest";
import { type FnServerOptions, startFnServer } from "../../local/fn-api/server.ts";
import type { LoopbackServer } from "../../local/loopback.ts";

export const ANSWERS = fileURLToPath(new URL("functions/answers.cjs", import.meta.url));
export const REPLIES = fileURLToPath(new URL("functions/replies.cjs", import.meta.url));

export const ID = /^[0-9A-HJKMNP-TV-Z]{26}$/;
/** RFC 3339 in milliseconds, as Fn writes a time. */
export const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

export interface FnClient {
  url: string;
  /** Status and JSON of one request; the text where it is no JSON, undefined where there is none. */
  // biome-ignore lint/suspicious/noExplicitAny: what comes is what the test is about.
  ask: (method: string, path: string, body?: unknown) => Promise<{ status: number; body: any }>;
  /** Creates a function, in an app of that name if there is one. */
  deploy: (fields?: Record<string, unknown>, app?: Record<string, unknown>) => Promise<{ id: string; appId: string }>;
  invoke: (id: string, body?: string | Uint8Array<ArrayBuffer>, init?: RequestInit) => Promise<Response>;
}

/** An Fn server for one test; `replies` and `answers` are images that it can run. */
export async function fnClient(options: FnServerOptions = {}): Promise<FnClient> {
  const images = new Map([
    ["replies", REPLIES],
    ["answers", ANSWERS],
  ]);
  const server = await startFnServer({ images, ...options });
  servers.push(server);
  const { url } = server;
  const ask: FnClient["ask"] = async (method, path, body) => {
    const init = body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) };
    const response = await fetch(url + path, { method, ...init });
    return { status: response.status, body: parsed(await response.text()) };
  };
  return {
    url,
    ask,
    async deploy(fields = {}, { name = "app", ...app } = {}) {
      await ask("POST", "/v2/apps", { name, ...app });
      const appId = (await ask("GET", `/v2/apps?name=${name}`)).body.items[0].id;
      const fn = { app_id: appId, name: "fn", image: "replies:1", ...fields };
      return { id: (await ask("POST", "/v2/fns", fn)).body.id, appId };
    },
    invoke: (id, body = "{}", init = {}) => fetch(`${url}/invoke/${id}`, { method: "POST", body, ...init }),
  };
}

const servers: LoopbackServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

function parsed(text: string): unknown {
  if (text === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
