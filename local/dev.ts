import { existsSync } from "node:fs";
import { parseArgs } from "node:util";
import { ENTRY } from "./container.ts";
import { askedToEnd } from "./dev/asked-to-end.ts";
import { portOf } from "./dev/port.ts";
import { type Build, rebuildOnChange } from "./rebuild.ts";
import { printable, styled } from "./terminal.ts";

const USAGE = `Usage: npm run dev [-- options]

Builds the relay, runs it on this machine and tells what becomes of each event: a local Oracle Cloud with the relay installed, an
Fn host for the fn command, and a receiver of its webhooks. Builds anew whenever src/, handlers/ or relay.config.ts change; the
next event runs what was built. Changes of local/ count from the next start.

  --emulator-port <number>   default 4599
  --fn-port <number>         default 8080, where fn looks for it
  --sink-port <number>       default 8099, of the receiver
  --all                      every line that the function logs; default: warnings and worse
  --quiet                    one line an event
  -h, --help

Variables of the relay's configuration (WEBHOOK_URL, ROUTES, LOG_LEVEL …) in this environment take the place of ours, an empty
one takes it away; those that relay.config.ts reads with env() count too. OCI_ENDPOINT_URL and OCI_RESOURCE_PRINCIPAL_* do not:
the relay's Oracle Cloud is the local one.

Keys emit events, when this runs at a terminal; so does npm run emit in another one. Each event gets an eventID and an eventTime
of its own, so that it counts as a new one; d, or emit --same, sends one as it was. Ctrl-C ends it.`;

const WRONG_USAGE = 2;

// Whoever has read enough, as head has, ends it.
process.stdout.on("error", () => process.exit());
const options = optionsOf();
if (options !== undefined) await main(options);

async function main(options: NonNullable<ReturnType<typeof optionsOf>>): Promise<void> {
  const ended = askedToEnd();
  const rebuilding = rebuildOnChange({
    onBuild: tellBuild,
    onDeaf: (why) => console.log(printable(`Changes cannot be watched (${why}): press b to build.`)),
  });
  const isBuilt = await rebuilding.now();
  const loaded = await load({ isBuilt });
  const isRunning = await loaded?.runDev({ ...options, ...loaded, build: () => void rebuilding.now(), ended });
  rebuilding.stop();
  process.exit(isRunning ? 0 : 1);
}

/** Not before the build, which says better than a loader where a source is broken: some of it runs here too. */
async function load({ isBuilt }: { isBuilt: boolean }) {
  try {
    const { ownConfiguration } = await import("./own-configuration.ts");
    const { runDev } = await import("./dev/run-dev.ts");
    return { runDev, ownConfiguration: ownConfiguration() };
  } catch (error) {
    // A build that failed has told it.
    if (isBuilt)
      console.error(printable(`The relay cannot be loaded: ${error instanceof Error ? error.message : error}`));
    console.error("Mend that, then npm run dev again.");
    return undefined;
  }
}

function tellBuild({ isBuilt, printed, changed, ms }: Build): void {
  const why = changed === undefined ? "" : ` (${printable(changed)} has changed)`;
  const before = existsSync(ENTRY) ? "what was built before goes on" : "there is nothing to run until it is";
  const told = isBuilt ? styled("green", `Built in ${ms} ms${why}.`) : styled("red", `Not built${why}: ${before}.`);
  console.log([...(printed === "" ? [] : printed.split("\n").map(printable)), told].join("\n"));
}

/** Undefined if there is nothing to start: then why was told, and the exit code set. */
function optionsOf() {
  try {
    const { values } = parseArgs({
      options: {
        "emulator-port": { type: "string", default: "4599" },
        "fn-port": { type: "string", default: "8080" },
        "sink-port": { type: "string", default: "8099" },
        all: { type: "boolean", default: false },
        quiet: { type: "boolean", default: false },
        help: { type: "boolean", short: "h" },
      },
    });
    if (!values.help) {
      return {
        emulatorPort: portOf("--emulator-port", values["emulator-port"]),
        fnPort: portOf("--fn-port", values["fn-port"]),
        sinkPort: portOf("--sink-port", values["sink-port"]),
        showsAll: values.all,
        isQuiet: values.quiet,
      };
    }
    console.log(USAGE);
  } catch (error) {
    console.error(`${printable(error instanceof Error ? error.message : String(error))}\n\n${USAGE}`);
    process.exitCode = WRONG_USAGE;
  }
  return undefined;
}
