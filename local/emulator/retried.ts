import { createHash } from "node:crypto";
import type { HttpAnswer } from "../loopback.ts";
import { type Call, refuse } from "./api.ts";
import type { Store } from "./store.ts";

const LIFETIME_MS = 24 * 3_600_000;

interface Made {
  id: string;
  /** Of the request's body. */
  sha256: string;
  /** Milliseconds since 1970. */
  at: number;
}

/**
 * What a request with an opc-retry-token has made before, so that a create which is tried again makes nothing new.
 * @returns the id of the thing; an answer, if the token came with another body; undefined if it is new
 */
export function madeBefore(call: Call, store: Store): string | HttpAnswer | undefined {
  const key = keyOf(call);
  const made = key === undefined ? undefined : collection(store).get(key);
  if (made === undefined || Date.now() - made.at > LIFETIME_MS) return undefined;
  if (made.sha256 === sha256(call)) return made.id;
  return refuse(
    call,
    409,
    "InvalidatedRetryToken",
    "opc-retry-token: it came before with another body; give each request a token of its own.",
  );
}

export function rememberMade(call: Call, store: Store, id: string): void {
  const key = keyOf(call);
  if (key === undefined) return;
  const tokens = collection(store);
  for (const [known, { at }] of tokens) if (Date.now() - at > LIFETIME_MS) tokens.delete(known);
  tokens.set(key, { id, sha256: sha256(call), at: Date.now() });
}

function collection(store: Store): Map<string, Made> {
  return store.collection<Made>("made-before");
}

/** A token counts for its caller and operation. */
function keyOf({ request, caller }: Call): string | undefined {
  const token = request.headers["opc-retry-token"];
  if (typeof token !== "string" || token === "" || caller === undefined) return undefined;
  const who = caller.kind === "user" ? caller.userId : caller.functionId;
  return [who, request.path, token].join(" ");
}

function sha256({ request }: Call): string {
  return createHash("sha256").update(request.body).digest("hex");
}
