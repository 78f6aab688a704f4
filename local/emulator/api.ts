import { randomUUID } from "node:crypto";
import type * as z from "zod";
import { parseJson } from "../../src/json.ts";
import type { HttpAnswer, LoopbackRequest } from "../loopback.ts";
import type { Caller } from "./principal.ts";
import { decoded, refusal, requestId } from "./wire.ts";

/** One operation of a service, as its API reference has it. */
export interface Operation {
  method: "GET" | "HEAD" | "POST" | "PUT" | "DELETE";
  /** With its parameters: /20181201/rules/{ruleId} */
  path: string;
  /** No signature is asked for: a link in a message, such as that to confirm a subscription. */
  isPublic?: boolean;
  /** The body may stay out of the signature, as PutMessages of Streaming does. */
  mayExcludeBody?: boolean;
  answer: (call: Call) => HttpAnswer | Promise<HttpAnswer>;
}

/** A request whose signature is sound, taken apart. */
export interface Call {
  request: LoopbackRequest;
  /** Of the path, decoded. */
  parameters: Record<string, string>;
  query: URLSearchParams;
  /** Undefined for a public operation. */
  caller: Caller | undefined;
}

/** What every thing of OCI has; all of it is JSON, so that it can be kept in a folder. */
export interface Thing {
  id: string;
  compartmentId: string;
  /** Another one with every change. */
  etag: string;
  timeCreated: string;
  freeformTags: Record<string, string>;
  definedTags: Record<string, Record<string, unknown>>;
}

/** The operation that a request asks for, and the parameters of its path. Literal parts count before parameters. */
export function operationFor(
  request: LoopbackRequest,
  operations: readonly Operation[],
): { operation: Operation; parameters: Record<string, string> } | HttpAnswer | undefined {
  const parts = (request.path.split("?")[0] ?? "").split("/");
  const found = operations.flatMap((operation) => {
    const parameters = parametersOf(operation.path.split("/"), parts);
    return parameters === undefined ? [] : [{ operation, parameters }];
  });
  if (found.length === 0) return undefined;
  const fewest = Math.min(...found.map(({ parameters }) => Object.keys(parameters).length));
  const literal = found.filter(({ parameters }) => Object.keys(parameters).length === fewest);
  const meant = literal.find(({ operation }) => operation.method === request.method);
  if (meant !== undefined) return meant;
  const methods = literal.map(({ operation }) => operation.method).join(", ");
  return refusal(request, 405, "MethodNotAllowed", `this path takes ${methods}`);
}

function parametersOf(template: readonly string[], parts: readonly string[]): Record<string, string> | undefined {
  if (template.length !== parts.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [index, part] of template.entries()) {
    const came = parts[index] ?? "";
    const name = /^\{(\w+)\}$/.exec(part)?.[1];
    if (name === undefined) {
      if (part !== came) return undefined;
      continue;
    }
    const value = decoded(came);
    if (value === undefined || value === "") return undefined;
    parameters[name] = value;
  }
  return parameters;
}

/**
 * The JSON body of a request, if it is as the service wants it.
 * @returns its value, or the 400 that OCI would answer
 */
export function bodyOf<Schema extends z.ZodType>(
  { request }: Pick<Call, "request">,
  schema: Schema,
): { ok: true; value: z.output<Schema> } | { ok: false; answer: HttpAnswer } {
  const refused = (code: string, message: string) => ({
    ok: false as const,
    answer: refusal(request, 400, code, message),
  });
  const text = request.body.toString();
  // It refuses what is nested so deeply that whoever walks over it later would overflow the stack.
  if (!parseJson(text).ok) {
    return refused("CannotParseRequest", "Incorrectly formatted request. Please refer to our documentation for help.");
  }
  const json: unknown = JSON.parse(text);
  const parsed = schema.safeParse(json);
  if (parsed.success) return { ok: true, value: parsed.data };
  const issues = parsed.error.issues;
  const isMissing = issues.every((issue) => valueAt(json, issue.path) === undefined);
  const message = issues.map((issue) => `${issue.path.join(".") || "the body"}: ${issue.message}`).join("; ");
  return refused(isMissing ? "MissingParameter" : "InvalidParameter", message);
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | null | undefined)?.[key], value);
}

/** An answer with JSON; `headers` beside opc-request-id. */
export function json(call: Call, status: number, body: unknown, headers: Record<string, string> = {}): HttpAnswer {
  return {
    status,
    headers: { "opc-request-id": requestId(call.request), ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  };
}

export function refuse(call: Call, status: number, code: string, message: string): HttpAnswer {
  return refusal(call.request, status, code, message);
}

/** What OCI says of a thing that is not there, and of one that the caller may not see. */
export function notFound(call: Call): HttpAnswer {
  return refuse(call, 404, "NotAuthorizedOrNotFound", "Authorization failed or requested resource not found.");
}

/** The 412 for an `if-match` that is not the thing's; undefined if the request may go on. */
export function matchProblem(call: Call, { etag }: { etag: string }): HttpAnswer | undefined {
  const wanted = call.request.headers["if-match"];
  if (wanted === undefined || wanted === etag || wanted === "*") return undefined;
  return refuse(call, 412, "NoEtagMatch", "The If-Match header does not match the ETag of the resource.");
}

interface Paging<T> {
  maxLimit?: number;
  defaultLimit?: number;
  /** What stands around a page: the list itself, unless told. */
  wrap?: (shown: readonly T[]) => unknown;
}

/** One page of a list: `limit` and `page` of the query, the next page in opc-next-page. */
export function page<T>(call: Call, items: readonly T[], { maxLimit = 1000, ...paging }: Paging<T> = {}): HttpAnswer {
  const { defaultLimit = maxLimit, wrap = (shown: readonly T[]): unknown => shown } = paging;
  const limit = Number(call.query.get("limit") ?? defaultLimit);
  if (!Number.isInteger(limit) || limit < 1 || limit > maxLimit) {
    return refuse(call, 400, "InvalidParameter", `limit: a whole number from 1 to ${maxLimit}`);
  }
  const start = Number(call.query.get("page") ?? 0);
  if (!Number.isInteger(start) || start < 0) return refuse(call, 400, "InvalidParameter", "page: not one of ours");
  const next: Record<string, string> = start + limit < items.length ? { "opc-next-page": String(start + limit) } : {};
  return json(call, 200, wrap(items.slice(start, start + limit)), next);
}

/** The 400 for a query without a parameter that it needs; undefined if it is there. */
export function missingQuery(call: Call, name: string): HttpAnswer | undefined {
  return call.query.get(name) ? undefined : refuse(call, 400, "MissingParameter", `${name}: is required`);
}

/** The fields that every new thing begins with. `kind`: the OCID's type, such as onstopic. */
export function newThing(
  { kind, region = "" }: { kind: string; region?: string },
  details: {
    compartmentId: string;
    freeformTags?: Thing["freeformTags"] | null | undefined;
    definedTags?: Thing["definedTags"] | null | undefined;
  },
): Thing {
  return {
    id: `ocid1.${kind}.oc1.${region}.aaaaaaaa${randomUUID().replaceAll("-", "")}`,
    compartmentId: details.compartmentId,
    etag: randomUUID(),
    timeCreated: new Date().toISOString(),
    freeformTags: details.freeformTags ?? {},
    definedTags: details.definedTags ?? {},
  };
}

/** Lays what an update names over a thing, and gives it another etag. What is undefined or null stays. */
export function change<T extends Thing>(thing: T, details: Partial<Record<keyof T, unknown>>): T {
  const named = Object.entries(details).filter(([, value]) => value !== undefined && value !== null);
  return Object.assign(thing, Object.fromEntries(named), { etag: randomUUID() });
}
