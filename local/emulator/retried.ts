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

interface Creating<T> {
  store: Store;
  things: ReadonlyMap<string, T>;
  shown: (call: Call, thing: T) => HttpAnswer;
}

/**
 * The answer to a create whose opc-retry-token came before, so that one which is tried again makes nothing new: the thing
 * that was made, or 409 if it is gone or the body was another one. Undefined if the token is new.
 */
export function retried<T extends object>(call: Call, { store, things, shown }: Creating<T>): HttpAnswer | undefined {
  const key = keyOf(call);
  const made = key === undefined ? undefined : collection(store).get(key);
  if (made === undefined || Date.now() - made.at > LIFETIME_MS) return undefined;
  if (made.sha256 !== sha256(call)) {
    return invalidated(call, "it came before with another body; give each request a token of its own.");
  }
  const thing = things.get(made.id);
  const isGone = thing === undefined || ("lifecycleState" in thing && GONE.has(String(thing.lifecycleState)));
  return isGone ? invalidated(call, "what it made is deleted; make another one with a new token.") : shown(call, thing);
}

const GONE = new Set(["DELETING", "DELETED"]);

function invalidated(call: Call, why: string): HttpAnswer {
  return refuse(call, 409, "InvalidatedRetryToken", `opc-retry-token: ${why}`);
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
