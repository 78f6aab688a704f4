import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { parseArgs } from "node:util";
import { replyOf, startRig } from "./rig.ts";
import { exitOnSignals } from "./signals.ts";
import { printable } from "./terminal.ts";

const USAGE = `Usage: npm run --silent invoke -- <file | ->

Sends one event through the built function under the local Fn host and prints the function's reply, JSON, on stdout;
its log goes to stderr. Without configuration it delivers to a local webhook sink and a local ONS topic. Variables of
the relay's configuration (WEBHOOK_URL, ROUTES …) in the environment take the place of the local ones.

Exit code: 0 delivered, 1 not delivered, 2 wrong usage, 3 ignored (no route wants it, or a .begin whose .end will come).`;

const OUR_VARIABLE =
  /^(WEBHOOK_|ONS_|ROUTES$|EGRESS_|DEAD_LETTER_|DEDUPE_|LOG_LEVEL$|OCI_ENDPOINT_URL$|OCI_RESOURCE_PRINCIPAL_)/;

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
  const config = Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) => (OUR_VARIABLE.test(name) && value ? [[name, value]] : [])),
  );
  const rig = await startRig({ config, onLog: (line) => console.error(printable(line)) });
  try {
    const response = await rig.host.invoke(body);
    const reply = replyOf(response, rig.logs);
    console.log(printable(JSON.stringify(reply)));
    return ("outcome" in reply ? EXIT_CODES.get(reply.outcome) : undefined) ?? NOT_DELIVERED;
  } finally {
    await rig.close();
  }
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
    console.error(`${error instanceof Error ? error.message : error}\n\n${USAGE}`);
    return 2;
  }
  if (path === undefined) {
    console.error(
      `Which event? Name a file, or - for standard input, such as test/fixtures/instance-launched.json\n\n${USAGE}`,
    );
    return 2;
  }
  if (path === "-") return text(process.stdin);
  try {
    return await readFile(path);
  } catch (error) {
    console.error(`${path}: cannot be read (${(error as NodeJS.ErrnoException).code})`);
    return 2;
  }
}
