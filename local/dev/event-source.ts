import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Result } from "../../src/problem.ts";
import { slips } from "../../src/suggest/distance.ts";
import { fixture, fixtureNames } from "../fixtures.ts";
import { readEvent } from "./read-event.ts";

/** Of a longer name more letters may be wrong. */
const LETTERS_A_SLIP = 3;
const MAX_SUGGESTIONS = 6;

/** The event of a fixture, named as its file is, or of any other file. */
export function eventFrom(source: string): Result<Record<string, unknown>> {
  const bytes = bytesFrom(source);
  if (!bytes.ok) return bytes;
  const event = readEvent(bytes.value);
  return event.ok ? event : { ok: false, problem: `${source}: ${event.problem}` };
}

/** The fixtures that can be emitted, with their event types. */
export function emittableFixtures(): { name: string; eventType: string }[] {
  return fixtureNames().flatMap((name) => {
    const event = readEvent(fixture(name));
    return event.ok ? [{ name, eventType: String(event.value.eventType) }] : [];
  });
}

function bytesFrom(source: string): Result<Buffer> {
  const names = fixtureNames();
  if (names.includes(source)) return { ok: true, value: fixture(source) };
  // npm changes to the project's root, so that a path is meant from where it was called.
  const path = resolve(process.env.INIT_CWD ?? "", source);
  if (!existsSync(path) && !/[/\\]|\.json$/.test(source)) return { ok: false, problem: unknownName(source) };
  try {
    return { ok: true, value: readFileSync(path) };
  } catch (error) {
    return { ok: false, problem: `${source}: cannot be read (${(error as NodeJS.ErrnoException).code})` };
  }
}

function unknownName(name: string): string {
  const names = emittableFixtures().map((each) => each.name);
  const near = nearNames(name, names);
  const hint = near.length === 0 ? `there are ${names.join(", ")}` : `did you mean ${near.join(" or ")}?`;
  return `no fixture and no file is called ${name}: ${hint}`;
}

/** Those that have it in them, else the one that is a slip of the pen away. */
function nearNames(wanted: string, names: readonly string[]): string[] {
  const parts = names.filter((name) => name.includes(wanted.toLowerCase()));
  if (parts.length > 0 && parts.length <= MAX_SUGGESTIONS) return parts;
  return names
    .map((name) => ({ name, cost: slips(wanted, name) }))
    .filter(({ name, cost }) => cost <= Math.max(1, Math.min(name.length, wanted.length) / LETTERS_A_SLIP))
    .sort((a, b) => a.cost - b.cost)
    .slice(0, 1)
    .map(({ name }) => name);
}
