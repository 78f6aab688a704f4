import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { buffer } from "node:stream/consumers";
import { parseArgs } from "node:util";
import definition from "../relay.config.ts";
import { relayFromVariables } from "../src/config.ts";
import { argumentProblem } from "./argument-problem.ts";
import { ENTRY } from "./container.ts";
import { ownConfiguration } from "./own-configuration.ts";
import { replyOf, startRig } from "./rig.ts";
import { exitOnSignals } from "./signals.ts";
import { printable } from "./terminal.ts";

const USAGE = `Usage: npm run --silent invoke -- <file | ->

Sends one input, an event or a batch of them, through the built function under the local Fn host and prints the
function's reply, JSON, on stdout; its log goes to stderr. Without configuration it delivers to a local webhook sink and
a local ONS topic. Variables of the relay's configuration (WEBHOOK_URL, ROUTES …) in the environment take the place of
the local ones, those that relay.config.ts reads with env() too; with a WEBHOOK_URL or an ONS_TOPIC_ID of yours nothing
local is delivered to.

Exit code, of a batch that of its worst item: 0 delivered, 1 not delivered, 2 wrong usage, 3 ignored (no route wants it, or
a .begin whose .end will come).`;

const EXIT_CODES = new Map([
  ["delivered", 0],
  ["duplicate", 0],
  ["ignored", 3],
]);
const NOT_DELIVERED = 1;

exitOnSignals();
process.exitCode = await main();

async function main(): Promise<number> {
  const body = await input();
  if (typeof body === "number") return body;
  const rig = await startRig({
    entry: ENTRY,
    config: configuration(),
    onLog: (line) => console.error(printable(line)),
  });
  try {
    const response = await rig.host.invoke(body);
    const reply = replyOf(response, rig.logs);
    console.log(printable(JSON.stringify(reply)));
    if ("message" in reply && reply.message.startsWith("Container ")) {
      console.error("The function did not start: its log, above, says why.");
    }
    return ("outcome" in reply ? EXIT_CODES.get(reply.outcome) : undefined) ?? NOT_DELIVERED;
  } finally {
    await rig.close();
  }
}

/** Whoever names a destination of their own gets no local one beside it, and no identity that OCI would not know. */
function configuration(): Record<string, string> {
  const own = ownConfiguration();
  const isOwn = own.WEBHOOK_URL || own.ONS_TOPIC_ID || definition !== relayFromVariables;
  const nothingLocal = {
    ...{ WEBHOOK_URL: "", WEBHOOK_SECRET_KEY: "", ONS_TOPIC_ID: "", OCI_ENDPOINT_URL: "" },
    OCI_RESOURCE_PRINCIPAL_VERSION: "",
  };
  return { ...(isOwn && nothingLocal), ...own };
}

/** The event's bytes, or the exit code of what went wrong before there were any. */
async function input(): Promise<Buffer | string | number> {
  let path: string | undefined;
  try {
    const { positionals, values } = parseArgs({
      allowPositionals: true,
      options: { help: { type: "boolean", short: "h" } },
    });
    if (values.help) {
      console.log(USAGE);
      return 0;
    }
    if (positionals.length > 1) throw new Error(`one event at a time, got ${positionals.length} arguments`);
    path = positionals[0];
  } catch (error) {
    console.error(`${argumentProblem(error)}\n\n${USAGE}`);
    return 2;
  }
  if (path === undefined) {
    console.error(
      `Which event? Name a file, or - for standard input, such as test/fixtures/instance-launched.json\n\n${USAGE}`,
    );
    return 2;
  }
  if (path === "-") return buffer(process.stdin);
  try {
    // npm changes to the project's root, so that a path is meant from where it was called.
    return await readFile(resolve(process.env.INIT_CWD ?? "", path));
  } catch (error) {
    console.error(`${path}: cannot be read (${(error as NodeJS.ErrnoException).code})`);
    return 2;
  }
}
