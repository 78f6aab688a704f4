import { parseArgs } from "node:util";
import { classify } from "../src/classify.ts";
import { matches } from "../src/condition.ts";
import { parse } from "../src/parse.ts";
import type { Route } from "../src/route.ts";
import { fixture, fixtureNames } from "./fixtures.ts";
import { LOCAL_BUCKET, startRig } from "./rig.ts";
import { exitOnSignals } from "./signals.ts";
import { type Story, tell } from "./story.ts";
import { printable, styled, table } from "./terminal.ts";

const USAGE = `Usage: npm start [-- --json]

Builds the function, runs it under a local Fn host with a webhook sink and an ONS emulator, sends it events and tells
what became of them. Exit code 0 if all came out as they should.

  --json   one JSON document instead of the story (npm start --silent -- --json)`;

/** The telling ones; every fixture stands in the table at the end. */
const TOLD = [
  { name: "instance-launched", why: "An instance is launched" },
  { name: "instance-launching", why: "Its .begin came before: nothing to tell until the .end" },
  { name: "instance-stopped", why: "The instance is stopped: a change of status, as Cloudpods reports it" },
  {
    name: "bucket-created",
    why: "A bucket is created; the captured events cut its path short, the relay completes it",
  },
  { name: "object-created", why: "An object with a Japanese name, sent in chunks that split its characters" },
  { name: "policy-edited", why: "Somebody edits an IAM policy" },
  { name: "user-created", why: "A user is created" },
  { name: "group-member-added", why: "The user joins a group of administrators" },
  { name: "unknown-future-type", why: "A type that nobody knows yet: named by rule, never dropped" },
  {
    name: "audit-policy-updated",
    why: "An audit record, as Connector Hub brings it: read as the event that says the same",
  },
  { name: "audit-bucket-refused", why: "An audit record of something that failed" },
  { name: "alarm-firing", why: "An alarm of Monitoring, by an ONS subscription" },
  { name: "broken", why: "Something that is no event: refused, with every reason" },
] as const;

const ROUTES: Route[] = [
  { match: {}, to: ["webhook"] },
  { match: { eventType: ["com.oraclecloud.computeapi.*", "com.oraclecloud.identitycontrolplane.*"] }, to: ["ons"] },
];

exitOnSignals();
// Whoever reads only the beginning, as head does, has seen enough.
process.stdout.on("error", () => process.exit(0));
const { values } = parseArguments();
const rig = await startRig({ config: { ROUTES: JSON.stringify(ROUTES), DEAD_LETTER_BUCKET: LOCAL_BUCKET } });
try {
  const stories = await tellAll(values.json);
  // A container remembers what it has delivered and answers a repeat with "duplicate": the next call gets another one.
  await rig.host.stop();
  const summary = await summarise(values.json);
  const all = [...stories, ...summary];
  if (values.json) console.log(JSON.stringify({ stories, summary }, null, 2));
  const wrong = all.filter((story) => !story.isAsExpected);
  if (wrong.length > 0) {
    const names = wrong.map((story) => story.name).join(", ");
    console.error(
      `\nNot as they should be: ${names}. What the function logged of errors:\n${errorsOf(rig.logs).join("\n")}`,
    );
    process.exitCode = 1;
  }
} catch (error) {
  // What is thrown here is a sentence for whoever has changed a fixture or the function.
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  await rig.close();
}

function errorsOf(logs: readonly string[]): string[] {
  return logs.filter((line) => !line.startsWith("{") || JSON.parse(line).level >= 50);
}

function parseArguments() {
  try {
    const parsed = parseArgs({
      options: { json: { type: "boolean", default: false }, help: { type: "boolean", short: "h" } },
    });
    if (!parsed.values.help) return parsed;
    console.log(USAGE);
    process.exit(0);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${USAGE}`);
    process.exit(2);
  }
}

async function tellAll(isQuiet: boolean): Promise<(Story & { why: string })[]> {
  const stories: (Story & { why: string })[] = [];
  const show = (story: Story, why: string) => {
    stories.push({ why, ...story });
    if (!isQuiet) console.log(`${told(story, stories.length, why)}\n`);
  };
  if (!isQuiet)
    console.log(`The relay of dist/func.cjs, its webhook at ${rig.sink.url}, its topic at ${rig.oci.url}\n`);
  for (const { name, why } of TOLD) show(await tell(name, rig), why);

  rig.sink.answer = (request) =>
    rig.sink.received.at(-2)?.body.equals(request.body)
      ? { status: 200 }
      : { status: 503, headers: { "Retry-After": "0" } };
  show(await tell("instance-terminated", rig), "The receiver stumbles once: tried again");
  rig.sink.answer = () => ({ status: 500 });
  show(
    await tell("instance-failed", rig, { expected: "dead-lettered" }),
    "The receiver stays down: the event is kept, with the reason",
  );
  rig.sink.answer = () => ({ status: 200 });
  const letter = [...rig.storage.objects(LOCAL_BUCKET).values()].at(-1)?.body;
  if (letter === undefined) throw new Error("the event that was not delivered is not in the bucket");
  show(
    await tell("instance-failed", rig, { bytes: letter }),
    "The receiver is back: the dead letter is sent once more, as npm run relay -- replay does",
  );
  return stories;
}

async function summarise(isQuiet: boolean): Promise<Story[]> {
  const summary: Story[] = [];
  for (const name of fixtureNames()) summary.push(await tell(name, rig));
  if (isQuiet) return summary;
  const rows = summary.map((story) => [
    story.name,
    story.event ?? "-",
    story.outcome,
    story.deliveries.map((delivery) => delivery.destination).join(", ") || "-",
    `${story.ms.toFixed(1)} ms`,
    story.isAsExpected ? "as it should be" : "WRONG",
  ]);
  console.log(styled("bold", "All fixtures"));
  console.log(table([["fixture", "X-Yunion-Event", "outcome", "destinations", "time", ""], ...rows]));
  const right = summary.filter((story) => story.isAsExpected).length;
  console.log(`\n${right} of ${summary.length} came out as they should.`);
  return summary;
}

function told(story: Story, number: number, why: string): string {
  const lines: [string, string][] = [
    ["event", `${printable(story.eventType)}${story.resource && ` · ${printable(story.resource)}`}`],
  ];
  if (story.deliveries.length > 0) lines.push(["route", routesOf(story)]);
  if (story.event !== undefined)
    lines.push(["notification", `${styled("cyan", story.event)}${story.title ? ` · ${printable(story.title)}` : ""}`]);
  if (story.webhook !== undefined) {
    const { bytes, token, answered } = story.webhook;
    lines.push(["webhook", `${bytes} bytes · X-Auth-Token ${token} · answered ${answered.join(", ")}`]);
  }
  if (story.ons !== undefined) {
    lines.push(["ons", `${story.ons.bytes} bytes · OCI signature valid · answered ${story.ons.answered.join(", ")}`]);
  }
  const time = `${story.ms.toFixed(1)} ms${story.isCold ? ", cold start included" : ""}`;
  const colour = story.outcome === "delivered" || story.outcome === "ignored" ? "green" : "red";
  lines.push(["outcome", `${styled(colour, story.outcome)} · the caller sees ${story.status} · ${time}`]);
  if (story.problem !== undefined) lines.push(["why", printable(story.problem)]);
  for (const { destination, problem } of story.deliveries)
    if (problem) lines.push(["why", `${destination} ${problem}`]);
  return [styled("bold", `${number}. ${why}`), ...lines.map(([label, text]) => `   ${label.padEnd(13)} ${text}`)].join(
    "\n",
  );
}

/** Those of the matching routes that lead to where it went: a dead letter goes to its own destination only. */
function routesOf({ name, deliveries }: Story): string {
  const [message] = classify(fixture(name)).items;
  const parsed = message === undefined || message.shape === "unreadable" ? undefined : parse(message);
  const event = parsed?.ok ? parsed.value.event.raw : undefined;
  const matching = ROUTES.filter(
    ({ match, to }) => matches(match, event) && to.some((each) => deliveries.some((one) => one.destination === each)),
  );
  return matching.map((route) => `${JSON.stringify(route.match)} → ${route.to.join(", ")}`).join("\n                 ");
}
