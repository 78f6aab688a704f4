import { isRecord } from "../../src/problem.ts";
import type { Attributes } from "./kind.ts";

/** One value that is not as it is wanted. */
export interface Difference {
  /** config.ONS_TOPIC_ID */
  path: string;
  /** Undefined: it is not there. */
  is: unknown;
  /** A Ref, or something with a Ref in it, where it is known only once another thing is made. */
  wanted: unknown;
}

/** What of the wanted is otherwise. What is there beside it, such as tags of somebody else, is no difference. */
export function differences(wanted: Attributes, is: Attributes): Difference[] {
  return Object.entries(wanted).flatMap(([name, value]) => differencesAt(name, value, is[name]));
}

function differencesAt(path: string, wanted: unknown, is: unknown): Difference[] {
  if (isRecord(wanted) && isRecord(is)) {
    return Object.entries(wanted).flatMap(([name, value]) => differencesAt(`${path}.${name}`, value, is[name]));
  }
  if (Array.isArray(wanted) && Array.isArray(is) && wanted.length === is.length) {
    const there = inOrderOf(wanted, is);
    return wanted.flatMap((value, index) => differencesAt(`${path}.${index}`, value, there[index]));
  }
  return isSameValue(wanted, is) ? [] : [{ path, is, wanted }];
}

/** The actions of a rule come in an order of OCI's own, and that of OCIDs, such as an application's subnets, means nothing. */
function inOrderOf(wanted: readonly unknown[], is: readonly unknown[]): readonly unknown[] {
  if (wanted.every((value) => typeof value === "string" && value.startsWith("ocid1."))) {
    const others = is.filter((each) => !wanted.includes(each));
    return wanted.map((value) => (is.includes(value) ? value : others.shift()));
  }
  const typeOf = (value: unknown) => (isRecord(value) ? value.actionType : undefined);
  if (wanted.some((value) => typeOf(value) === undefined)) return is;
  return wanted.map((value) => is.find((each) => typeOf(each) === typeOf(value)));
}

/** A condition is JSON in a string: spaces and the order of fields make no difference. */
function isSameValue(wanted: unknown, is: unknown): boolean {
  if (wanted === is) return true;
  if (typeof wanted === "string" && typeof is === "string") {
    const [one, other] = [jsonObject(wanted), jsonObject(is)];
    return one !== undefined && other !== undefined && canonical(one) === canonical(other);
  }
  return false;
}

function jsonObject(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) =>
    isRecord(each) ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1))) : each,
  );
}
