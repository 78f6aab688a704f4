import documented from "../../handlers/event-types.json" with { type: "json" };
import { matches } from "../../src/condition.ts";
import { documentedTypes } from "../../src/documented.ts";
import { isRecord } from "../../src/problem.ts";
import { typeAdvice } from "../../src/suggest/advice.ts";
import { fieldAdvice } from "../../src/suggest/fields.ts";
import { typeIndexOf } from "../../src/suggest/type-index.ts";
import { fieldPath } from "./field-path.ts";
import type { Mismatch } from "./mismatch.ts";

/** Each advice on a type takes milliseconds, and more than one is not read. */
const MAX_ADVISED = 3;

/** A sentence on what was perhaps meant; undefined where the condition just wants something else. */
export function mismatchHint(found: Mismatch, event: Record<string, unknown>): string | undefined {
  const { path, kind, wants } = found;
  if (holdsNull(wants)) return 'What null means in a condition is not documented: leave the field out, or write "*"';
  if (Array.isArray(wants) && wants.length === 0) return "An empty array matches nothing: leave the field out";
  if (kind === "null") return 'A null matches nothing, not even "*"';
  if (kind === "absent") return elsewhere(path, event) ?? shapeHint(found);
  if (kind === "nesting") return shapeHint(found);
  return path.join(".") === "eventType" ? typeHint(found) : caseHint(found);
}

function holdsNull(filter: unknown): boolean {
  return filter === null || (Array.isArray(filter) && filter.includes(null));
}

/** The same name, if need be in another case, wherever the event has it; the nearest place first. */
function elsewhere(path: readonly string[], event: Record<string, unknown>): string | undefined {
  const name = path.at(-1) ?? "";
  const places = [...placesIn(event, [])].filter((place) => place.at(-1)?.toLowerCase() === name.toLowerCase());
  const parent = path.slice(0, -1).join(".");
  const isBeside = (place: readonly string[]) => place.slice(0, -1).join(".") === parent;
  const [best] = places.sort(
    (a, b) =>
      Number(isBeside(b)) - Number(isBeside(a)) ||
      Number(b.at(-1) === name) - Number(a.at(-1) === name) ||
      a.length - b.length,
  );
  if (best === undefined) return undefined;
  if (isBeside(best)) return `The event spells it ${fieldPath(best)}: case counts`;
  return `The event has it at ${fieldPath(best)}: the condition must nest it the same way`;
}

function* placesIn(value: unknown, path: readonly string[]): Iterable<readonly string[]> {
  if (!isRecord(value)) return;
  for (const [key, item] of Object.entries(value)) {
    yield [...path, key];
    yield* placesIn(item, [...path, key]);
  }
}

/** By what every event is known to have in that place. */
function shapeHint({ path, wants }: Mismatch): string | undefined {
  const asked = path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), wants);
  const [advice] = fieldAdvice(asked);
  return advice === undefined ? undefined : `It asks for ${advice}`;
}

function typeHint({ wants, has }: Mismatch): string | undefined {
  const types = [wants].flat(1).filter((type) => typeof type === "string");
  const type = String(has);
  const stem = type.replace(/\.(begin|end)$/, "");
  const near = types.find((each) => each !== type && each.replace(/\.(begin|end)$/, "") === stem);
  if (near !== undefined)
    return `They differ in the phase alone: ${phaseText(near)} is wanted, ${phaseText(type)} came`;
  const inCase = caseHint({ wants, has });
  const wrong = types.filter((each) => !documentedTypes(documented).some((one) => matches(each, one)));
  if (inCase !== undefined || types.length > MAX_ADVISED || wrong[0] === undefined) return inCase;
  return `It names ${typeAdvice(wrong[0], () => typeIndexOf(documented))}`;
}

function phaseText(type: string): string {
  return /\.(begin|end)$/.exec(type)?.[0] ?? "none";
}

function caseHint({ wants, has }: Pick<Mismatch, "wants" | "has">): string | undefined {
  if (typeof has !== "string") return undefined;
  const isNear = [wants]
    .flat(1)
    .some((each) => typeof each === "string" && matches(each.toLowerCase(), has.toLowerCase()));
  return isNear ? "They differ in case alone: write it as the event has it" : undefined;
}
