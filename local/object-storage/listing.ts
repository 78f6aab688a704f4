import { refusal, requestId } from "../emulator/wire.ts";
import type { HttpAnswer, LoopbackRequest } from "../loopback.ts";
import { md5, type StoredObject } from "./objects.ts";

const MAX_LIMIT = 1000;

/** What `fields` may ask for. Compared in small letters: OCI takes them in any case. */
const FIELDS: Record<string, (object: StoredObject) => Record<string, unknown>> = {
  size: ({ body }) => ({ size: body.byteLength }),
  etag: ({ etag }) => ({ etag }),
  md5: ({ body }) => ({ md5: md5(body) }),
  timecreated: ({ timeCreated }) => ({ timeCreated }),
  timemodified: ({ timeCreated }) => ({ timeModified: timeCreated }),
  storagetier: () => ({ storageTier: "Standard" }),
};

/** ListObjects: one page, by name. With a delimiter, what lies behind it is told once, as a prefix. */
export function listing(request: LoopbackRequest, objects: ReadonlyMap<string, StoredObject>): HttpAnswer {
  const query = new URL(request.path, "http://localhost").searchParams;
  const limit = Number(query.get("limit") ?? MAX_LIMIT);
  if (!Number.isInteger(limit) || limit < 1) {
    return refusal(request, 400, "InvalidLimit", "limit: a whole number from 1 to 1000");
  }
  const delimiter = query.get("delimiter");
  if (delimiter && delimiter !== "/")
    return refusal(request, 400, "InvalidParameter", "delimiter: only / is supported");
  const startAfter = query.get("startAfter");
  if (startAfter !== null && query.get("start") !== null) {
    return refusal(request, 400, "InvalidParameter", "start and startAfter: one or the other");
  }
  const prefix = query.get("prefix") ?? "";
  const fields = (query.get("fields") ?? "").toLowerCase().split(",");
  const listed: Record<string, unknown>[] = [];
  const prefixes = new Set<string>();
  let nextStartWith: string | undefined;
  for (const [name, object] of between(objects, query.get("start"), query.get("end"))) {
    if (!name.startsWith(prefix) || (startAfter !== null && byBytes(name, startAfter) <= 0)) continue;
    const end = delimiter ? name.indexOf(delimiter, prefix.length) : -1;
    const common = end < 0 ? undefined : name.slice(0, end + 1);
    if (listed.length === Math.min(limit, MAX_LIMIT)) {
      nextStartWith = name;
      break;
    }
    if (common !== undefined) prefixes.add(common);
    else listed.push(Object.assign({ name }, ...fields.map((field) => FIELDS[field]?.(object))));
  }
  const page = {
    objects: listed,
    ...(delimiter && { prefixes: [...prefixes] }),
    ...(nextStartWith !== undefined && { nextStartWith }),
  };
  return { status: 200, headers: { "opc-request-id": requestId(request) }, body: JSON.stringify(page) };
}

/** Sorted, from `start` on and up to, but not including, `end`. */
function between(objects: ReadonlyMap<string, StoredObject>, start: string | null, end: string | null) {
  return [...objects]
    .filter(([name]) => (start === null || byBytes(name, start) >= 0) && (end === null || byBytes(name, end) < 0))
    .sort(([one], [other]) => byBytes(one, other));
}

/** Lexicographic, says OCI: taken to mean the bytes of UTF-8. JavaScript compares UTF-16, which differs past U+FFFF. */
function byBytes(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}
