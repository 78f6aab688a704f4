import { buffer } from "node:stream/consumers";
import { parseArgs } from "node:util";
import { stringifyJson } from "../src/json.ts";
import { isRecord, type Result } from "../src/problem.ts";
import { argumentProblem } from "./argument-problem.ts";
import { emittedLines } from "./dev/emitted-lines.ts";
import { emittableFixtures, eventFrom } from "./dev/event-source.ts";
import { freshEvent } from "./dev/fresh-event.ts";
import { readEvent } from "./dev/read-event.ts";
import { replyIn } from "./dev/reply-of.ts";
import { replyLines } from "./dev/reply-text.ts";
import { compartmentIdSchema } from "./emulator/compartment-id.ts";
import type { EmittedEvent } from "./events/bus.ts";
import { isLoopback } from "./notifications/subscription-endpoint.ts";
import { exitOnSignals } from "./signals.ts";
import { printable, styled, table } from "./terminal.ts";

const USAGE = `Usage: npm run --silent emit -- <fixture | event.json | -> [options]

Puts one event on the bus of an emulator that runs here (npm run emulator, npm run dev), and tells which rules matched and what
became of it. The event gets an eventID and an eventTime of its own, so that it counts as a new one.

  <fixture>              a name of test/fixtures, such as instance-launched; --list shows them
  --emulator <url>       default: OCI_ENDPOINT_URL of this environment, else http://127.0.0.1:4599
  --type <eventType>     in place of the event's own
  --compartment <ocid>   in place of the event's own, but of identity; default: RELAY_COMPARTMENT of this environment
  --same                 with the eventID and eventTime that it has: sent twice, the relay takes it for a duplicate
  --list                 the fixtures, with their event types
  --json                 what the emulator answers, for machines
  -h, --help

Exit code: 0 delivered, 1 a delivery failed, or the relay could not deliver it (dead-lettered, rejected), 2 wrong usage, or no
emulator there, 3 nobody got it: no rule matched, or the relay ignored it.`;

const [DELIVERED, FAILED, WRONG_USAGE, UNHEARD] = [0, 1, 2, 3];
/** Of an action, and of the relay that it called. */
const FAILURES = new Set(["failed", "dead-lettered", "rejected"]);

exitOnSignals();
// Whoever reads only the beginning, as head does, has seen enough.
process.stdout.on("error", () => process.exit());
process.exitCode = await main();

async function main(): Promise<number> {
  const given = parseArguments();
  if (!given.ok) return refused(given.problem, USAGE);
  const { values, source } = given.value;
  if (values.help) return told(USAGE);
  if (values.list) return told(table(emittableFixtures().map(({ name, eventType }) => [name, eventType])));
  if (source === undefined) return refused("Which event? Name a fixture, a file, or - for standard input.", USAGE);
  const emulator = emulatorUrl(values.emulator);
  if (!emulator.ok) return refused(emulator.problem);
  const { compartment = process.env.RELAY_COMPARTMENT } = values;
  if (compartment && !compartmentIdSchema.safeParse(compartment).success) {
    const name = values.compartment === undefined ? "RELAY_COMPARTMENT" : "--compartment";
    return refused(`${name}: expected the OCID of a compartment, got ${JSON.stringify(compartment)}`);
  }
  const event = source === "-" ? readEvent(await buffer(process.stdin)) : eventFrom(source);
  if (!event.ok) return refused(event.problem);
  const typed = { ...event.value, ...(values.type !== undefined && { eventType: values.type }) };
  const placed = inCompartment(typed, compartment);
  const emitted = await emit(emulator.value, values.same ? placed : freshEvent(placed));
  if (!emitted.ok) return refused(emitted.problem);
  console.log(values.json ? printable(JSON.stringify(emitted.value)) : story(emitted.value));
  return exitCodeOf(emitted.value);
}

/** Fixtures come from compartments that an emulator does not have. */
function inCompartment(event: Record<string, unknown>, compartmentId: string | undefined): Record<string, unknown> {
  const isIdentity = /^com\.oraclecloud\.identity/.test(String(event.eventType));
  if (!compartmentId || isIdentity || !isRecord(event.data)) return event;
  const extensions = isRecord(event.extensions) ? event.extensions : {};
  return { ...event, data: { ...event.data, compartmentId }, extensions: { ...extensions, compartmentId } };
}

function parseArguments() {
  try {
    const { positionals, values } = parseArgs({
      allowPositionals: true,
      options: {
        emulator: { type: "string" },
        type: { type: "string" },
        compartment: { type: "string" },
        same: { type: "boolean" },
        list: { type: "boolean" },
        json: { type: "boolean" },
        help: { type: "boolean", short: "h" },
      },
    });
    if (positionals.length > 1)
      return { ok: false as const, problem: `one event at a time, got ${positionals.length} arguments` };
    return { ok: true as const, value: { values, source: positionals[0] } };
  } catch (error) {
    return { ok: false as const, problem: argumentProblem(error) };
  }
}

function emulatorUrl(option: string | undefined): Result<URL> {
  const variable = process.env.OCI_ENDPOINT_URL || undefined;
  const text = option ?? variable ?? "http://127.0.0.1:4599";
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === "http:" && isLoopback(url)) return { ok: true, value: new URL("/emulator/events", url) };
  const name = option === undefined ? "OCI_ENDPOINT_URL" : "--emulator";
  const problem = `${name}: an emulator of this machine is expected, such as http://127.0.0.1:4599, got ${JSON.stringify(text)}`;
  return { ok: false, problem };
}

async function emit(url: URL, event: Record<string, unknown>): Promise<Result<EmittedEvent>> {
  let status: number;
  let text: string;
  try {
    const response = await fetch(url, { method: "POST", body: stringifyJson(event), redirect: "manual" });
    status = response.status;
    text = await response.text();
  } catch (error) {
    // fetch says no more than "fetch failed"; why is in its cause.
    const cause = error instanceof Error ? error.cause : undefined;
    const why = cause instanceof Error && "code" in cause ? cause.code : (cause ?? error);
    const problem = `no emulator answers at ${url.origin} (${why}). Start one with npm run emulator or npm run dev, or name another with --emulator.`;
    return { ok: false, problem };
  }
  const { events: [emitted] = [], message } = answerOf(text);
  if (status === 200 && emitted !== undefined) return { ok: true, value: emitted };
  if (status === 400 && message !== undefined) return { ok: false, problem: `the emulator refuses it: ${message}` };
  const problem = `what answers at ${url.origin} is no emulator (status ${status}). Name another with --emulator, or start one with npm run emulator.`;
  return { ok: false, problem };
}

function answerOf(text: string): { events?: EmittedEvent[]; message?: string } {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}

function story(emitted: EmittedEvent): string {
  const title = `${styled("bold", printable(emitted.eventType))}  ${printable(emitted.eventID)}`;
  const hint =
    emitted.rules.length === 0 && emitted.problem === undefined
      ? [
          "A rule must be enabled, match it, and stand in the event's compartment or above; for identity in the tenancy.",
        ]
      : [];
  const replies = emitted.rules.flatMap(({ actions }) => actions.map(({ reply = "" }) => replyIn(reply)));
  const answered = replies.flatMap((reply) => (reply === undefined ? [] : replyLines(reply)));
  return [title, ...[...emittedLines(emitted), ...answered, ...hint].map((line) => `  ${line}`)].join("\n");
}

function exitCodeOf({ rules }: EmittedEvent): number {
  const outcomes = rules.flatMap((rule) => {
    if (rule.problem !== undefined) return ["failed"];
    return rule.actions.map(({ outcome, reply = "" }) => replyIn(reply)?.outcome ?? outcome);
  });
  if (outcomes.some((outcome) => FAILURES.has(outcome))) return FAILED;
  return outcomes.some((outcome) => outcome !== "ignored") ? DELIVERED : UNHEARD;
}

function told(text: string): number {
  console.log(text);
  return DELIVERED;
}

function refused(problem: string, usage?: string): number {
  console.error([printable(problem), ...(usage === undefined ? [] : ["", usage])].join("\n"));
  return WRONG_USAGE;
}
