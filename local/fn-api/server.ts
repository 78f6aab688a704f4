import { ENTRY } from "../container.ts";
import { type HttpAnswer, type LoopbackRequest, type LoopbackServer, serveLoopback } from "../loopback.ts";
import { type AnswerTo, type ApiCall, ok, type Refused, refuse } from "./answer.ts";
import { APP_NOT_FOUND, createApps } from "./apps.ts";
import { answersForAll, answersForOne } from "./collection.ts";
import { createContainers } from "./containers.ts";
import { createFns, FN_NOT_FOUND } from "./fns.ts";
import { passedOn } from "./headers.ts";
import { gatewayAnswer, gatewayHeaders } from "./http-trigger.ts";
import type { Images } from "./image-entry.ts";
import { invokeFn, type Runtime } from "./invoke.ts";
import { createTriggers, TRIGGER_NOT_FOUND } from "./triggers.ts";

export interface FnServerOptions {
  /** Default: any that is free. */
  port?: number;
  /** Default: `oci-event-relay` is dist/func.cjs. */
  images?: Images;
  /** For every container, such as the resource principal of a local OCI; config of an app or a function takes precedence. */
  environment?: Readonly<Record<string, string>>;
  /** Default: 6 MB, what OCI Functions takes. */
  maxRequestBytes?: number;
  /** At most so many at a time. Default: 16. */
  maxContainers?: number;
  /** A line that a container logs. */
  onLog?: (line: string, fnName: string) => void;
  /** What was answered: `POST /v2/apps 200`. */
  onAnswer?: (line: string) => void;
}

/** The version of the Fn server whose API this is. */
const VERSION = "0.3.753";

const MAX_REQUEST_BYTES = 6 * 1024 * 1024;

interface Route {
  path: RegExp;
  /** By method; one that stands for all has the name `*`. */
  answers: Record<string, AnswerTo>;
}

/** Fn's HTTP API over the functions of this machine, on loopback, without Docker: what the fn command needs. Forgets all at its end. */
export async function startFnServer(options: FnServerOptions = {}): Promise<LoopbackServer> {
  const { maxRequestBytes = MAX_REQUEST_BYTES, maxContainers, onAnswer, port } = options;
  const runtime: Runtime = {
    containers: createContainers({ ...(maxContainers !== undefined && { maxContainers }) }),
    images: options.images ?? new Map([["oci-event-relay", ENTRY]]),
    environment: options.environment ?? {},
    onLog: options.onLog ?? (() => undefined),
  };
  const routes = routesOf(runtime);
  const answer = async (request: LoopbackRequest, signal: AbortSignal): Promise<HttpAnswer> => {
    const answered = await (sizeProblem(request, maxRequestBytes) ?? answerBy(routes, request, signal));
    onAnswer?.(`${request.method} ${request.path} ${answered.status}`);
    return answered;
  };
  const server = await serveLoopback(answer, { ...(port !== undefined && { port }) });
  return {
    url: server.url,
    async close() {
      await runtime.containers.close();
      await server.close();
    },
  };
}

function routesOf(runtime: Runtime): Route[] {
  const removeFrom = <T>(things: Map<string, T>, isGone: (thing: T) => boolean) => {
    for (const [id, thing] of things) if (isGone(thing)) things.delete(id);
  };
  const apps = createApps((appId) => {
    for (const fn of fns.things.values()) if (fn.appId === appId) runtime.containers.retire(fn.id);
    removeFrom(fns.things, (fn) => fn.appId === appId);
    removeFrom(triggers.things, (trigger) => trigger.appId === appId);
  });
  const fns = createFns(apps.things, (fnId) => {
    runtime.containers.retire(fnId);
    removeFrom(triggers.things, (trigger) => trigger.fnId === fnId);
  });
  const triggers = createTriggers({ apps: apps.things, fns: fns.things });

  async function invoke({ request, signal, parameters: [fnId = ""] }: ApiCall): Promise<HttpAnswer> {
    const fn = fns.things.get(fnId);
    if (fn === undefined) return refuse(FN_NOT_FOUND);
    const app = apps.things.get(fn.appId);
    if (app === undefined) return refuse(APP_NOT_FOUND);
    return invokeFn(runtime, { app, fn, headers: passedOn(request.headers), body: request.body, signal });
  }

  async function trigger({ request, signal, parameters: [appName, source = "/"] }: ApiCall): Promise<HttpAnswer> {
    const app = [...apps.things.values()].find(({ name }) => name === appName);
    if (app === undefined) return refuse(APP_NOT_FOUND);
    const found = [...triggers.things.values()].find((each) => each.appId === app.id && each.source === source);
    if (found === undefined) return refuse(TRIGGER_NOT_FOUND);
    const fn = fns.things.get(found.fnId);
    if (fn === undefined) return refuse(FN_NOT_FOUND);
    const headers = gatewayHeaders(request);
    return gatewayAnswer(await invokeFn(runtime, { app, fn, headers, body: request.body, signal }));
  }

  return [
    { path: /^\/$/, answers: { GET: () => ok({ goto: "https://github.com/fnproject/fn", hello: "world!" }) } },
    { path: /^\/version$/, answers: { GET: () => ok({ version: VERSION }) } },
    { path: /^\/v2\/apps$/, answers: answersForAll(apps) },
    { path: /^\/v2\/apps\/([^/]+)$/, answers: answersForOne(apps) },
    { path: /^\/v2\/fns$/, answers: answersForAll(fns) },
    { path: /^\/v2\/fns\/([^/]+)$/, answers: answersForOne(fns) },
    { path: /^\/v2\/triggers$/, answers: answersForAll(triggers) },
    { path: /^\/v2\/triggers\/([^/]+)$/, answers: answersForOne(triggers) },
    { path: /^\/invoke\/([^/]+)$/, answers: { POST: invoke } },
    { path: /^\/t\/([^/]+)(\/.*)?$/s, answers: { "*": trigger } },
  ];
}

function answerBy(
  routes: readonly Route[],
  request: LoopbackRequest,
  signal: AbortSignal,
): HttpAnswer | Promise<HttpAnswer> {
  // Not by new URL(), which reads //x as a host and takes dots out: both can be the source of a trigger.
  const [, rawPath = "", query = ""] = /^([^?]*)\??(.*)$/s.exec(request.path) ?? [];
  const path = decoded(rawPath);
  if (path === undefined) return refuse({ status: 400, refusal: "Path malformed" });
  const asked = `${request.method} ${path}`;
  for (const { path: pattern, answers } of routes) {
    const match = pattern.exec(path);
    if (match === null) continue;
    const answer = Object.hasOwn(answers, request.method) ? answers[request.method] : answers["*"];
    if (answer === undefined) return refuse({ status: 405, refusal: `Method not allowed: ${asked}` });
    const base = `http://${request.headers.host}`;
    return answer({ request, signal, parameters: match.slice(1), query: new URLSearchParams(query), base });
  }
  const bare = path.replace(/\/$/, "");
  if (routes.some(({ path: pattern }) => bare !== path && pattern.test(bare))) {
    const location = rawPath.replace(/\/$/, "") + (query && `?${query}`);
    return { status: request.method === "GET" ? 301 : 307, headers: { Location: location } };
  }
  return refuse({ status: 404, refusal: `Path not found: ${asked}` });
}

function decoded(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}

function sizeProblem({ headers, body }: LoopbackRequest, maxBytes: number): HttpAnswer | undefined {
  if (body.byteLength <= maxBytes) return undefined;
  const told = headers["content-length"];
  const refusal =
    told === undefined
      ? "Request content too large"
      : `Content-Length too large for this server, ${told} > max ${maxBytes}`;
  return refuse({ status: 413, refusal } satisfies Refused);
}
