import { isUtf8 } from "node:buffer";
import { gunzipSync } from "node:zlib";
import { createCallId } from "../call.ts";
import type { FnResponse } from "../fn-host.ts";
import { isRefused, JSON_TYPE, type Refused } from "./answer.ts";
import type { App } from "./apps.ts";
import type { Containers } from "./containers.ts";
import type { Fn } from "./fns.ts";
import { type Headers, passedOn } from "./headers.ts";
import { type Images, imageEntry } from "./image-entry.ts";

/** Where calls are made. */
export interface Runtime {
  containers: Containers;
  images: Images;
  /** For every container; config of an app or a function takes precedence. */
  environment: Readonly<Record<string, string>>;
  onLog: (line: string, fnName: string) => void;
}

export interface Invocation {
  app: App;
  fn: Fn;
  /** As the function is to see them. */
  headers: Headers;
  body: Buffer;
  signal: AbortSignal;
}

export interface Invoked {
  status: number;
  headers: Headers;
  body: Buffer;
}

/** Calls a function and gives what the caller of the Fn server gets. */
export async function invokeFn(runtime: Runtime, invocation: Invocation): Promise<Invoked> {
  const { fn, headers, body, signal } = invocation;
  const spec = specOf(runtime, invocation);
  if (isRefused(spec)) return failed(spec);
  const response = await runtime.containers.invoke(spec, {
    ...{ body, headers, signal, timeoutMs: fn.timeoutSeconds * 1000 },
    onLog: (line) => runtime.onLog(line, fn.name),
  });
  if (signal.aborted) return { status: 444, headers: {}, body: Buffer.alloc(0) };
  if (response === "busy") {
    const busy = failed({ status: 503, refusal: "Timed out - server too busy" });
    return { ...busy, headers: { ...busy.headers, "Retry-After": "15" } };
  }
  const answer = answerOf(response, "Accept-Encoding" in headers);
  // Fn's own server runs a detached call to its end too, and then answers without what came of it.
  const isDetached = headers["Fn-Invoke-Type"] === "detached" && answer.status === 200;
  return isDetached ? { ...answer, body: Buffer.alloc(0) } : answer;
}

function specOf({ images, environment }: Runtime, { app, fn }: Invocation) {
  const entry = imageEntry(fn.image, images);
  if (isRefused(entry)) return entry;
  const config = { ...environment, ...Object.fromEntries(app.config), ...Object.fromEntries(fn.config) };
  const identity = { appId: app.id, fnId: fn.id, memory: fn.memory };
  return { image: fn.image, entry, config, identity, idleTimeoutMs: fn.idleTimeoutSeconds * 1000 };
}

function failed({ status, refusal }: Refused): Invoked {
  const headers = { "Content-Type": JSON_TYPE, "Fn-Call-Id": createCallId() };
  return { status, headers, body: Buffer.from(`${JSON.stringify({ message: refusal })}\n`) };
}

/** @param isPacked the caller has asked for an encoding and gets what the function gave; else it is unpacked, as Go does */
function answerOf({ status, headers, bytes, callId }: FnResponse, isPacked: boolean): Invoked {
  const { "Content-Encoding": encoding, ...unpacked } = passedOn(headers);
  const called = { "Fn-Call-Id": callId };
  if (isPacked || encoding !== "gzip") {
    const all = { ...(encoding !== undefined && { "Content-Encoding": encoding }), ...unpacked, ...called };
    return { status, headers: { "Content-Type": typeOf(bytes), ...all }, body: bytes };
  }
  try {
    const body = gunzipSync(bytes);
    return { status, headers: { "Content-Type": typeOf(body), ...unpacked, ...called }, body };
  } catch {
    return failed({ status: 502, refusal: "error receiving function response" });
  }
}

/** For a function that names no type; Go looks at the bytes too. */
function typeOf(bytes: Buffer): string {
  return isUtf8(bytes) ? "text/plain; charset=utf-8" : "application/octet-stream";
}
