import { slips } from "./distance.ts";
import { compact, type Phase } from "./wording.ts";

/** One way to read an event type that somebody wrote, all of it without separators. */
export interface Reading {
  /** Empty if there is none. */
  service: string;
  name: string;
  phase: Phase;
  /** How far-fetched it is: 1 is a slip of the pen. */
  cost: number;
}

type Named = Omit<Reading, "service">;

/** What people call the phases -> what events do. */
export const PHASE_WORDS: ReadonlyMap<string, Phase> = new Map([
  ...["begin", "begins", "began", "start", "started", "accepted"].map((word) => [word, "begin"] as const),
  ...["end", "ends", "ended", "finish", "finished", "complete", "completed", "done"].map(
    (word) => [word, "end"] as const,
  ),
  ...["success", "succeeded", "failed"].map((word) => [word, "end"] as const),
]);

/** Every way to read what was written, upper or lower case, with or without com.oraclecloud. */
export function readingsOf(type: string, services: readonly string[]): Reading[] {
  const whole = type.toLowerCase().replace(/^(com[._-])?oracle[._-]?cloud[._-]/, "");
  const dot = whole.indexOf(".");
  const service = compact(whole.slice(0, Math.max(0, dot)));
  const plain = namesIn(whole.slice(dot + 1)).map((named) => ({ service, ...named }));
  if (services.includes(service)) return plain;
  // virtual.network.createvcn, computeapilaunchinstance.end
  const letters = compact(whole);
  const glued = services
    .filter((each) => each.length > 4 && each.length < letters.length && letters.startsWith(each))
    .flatMap((each) => namesIn(after(whole, each.length)).map((named) => ({ service: each, ...named })))
    .map((reading) => ({ ...reading, cost: reading.cost + 0.3 }));
  return [...plain, ...glued];
}

/** What follows so many letters and digits. */
function after(text: string, letters: number): string {
  let at = 0;
  for (let left = letters; left > 0; at++) if (/[a-z0-9]/.test(text.charAt(at))) left--;
  return text.slice(at);
}

function namesIn(operation: string): Named[] {
  const name = compact(operation);
  const [, front = "", last = ""] = /^(.+)[^a-z0-9]+([a-z0-9]+)$/.exec(operation) ?? [];
  const phase = PHASE_WORDS.get(last);
  if (phase === last) return [{ name: compact(front), phase, cost: 0 }];
  const read: Named = { name, phase: "", cost: 0 };
  if (phase !== undefined) return [read, { name: compact(front), phase, cost: 0.3 }];
  return [read, ...(["begin", "end"] as const).flatMap((each) => misspeltPhase(name, last, each))];
}

/** launchinstance.ned, launchinstanceend. */
function misspeltPhase(name: string, last: string, phase: "begin" | "end"): Named[] {
  if (last.length > 1 && slips(last, phase) === 1) return [{ name: name.slice(0, -last.length), phase, cost: 0.7 }];
  const front = name.slice(0, -phase.length);
  return name.endsWith(phase) && front.length > 5 ? [{ name: front, phase, cost: 0.5 }] : [];
}
