import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { exitOnSignals } from "../local/signals.ts";
import { printable } from "../local/terminal.ts";
import { version } from "../package.json";
import { ociEndpoint } from "../src/egress/endpoint.ts";
import { AUTHS, type Auth } from "./identity.ts";
import { replayCommand } from "./replay-command.ts";
import { typesCommand } from "./types-command.ts";

const EXAMPLES = `
Examples:
  npm run relay -- types volume
  npm run relay -- types "com.oraclecloud.identitycontrolplane.*policy" --json
  npm run relay -- replay --bucket relay --dry-run
  npm run relay -- replay --bucket relay --function ocid1.fnfunc.oc1.phx.… --destination webhook --from 2026-11-20
  WEBHOOK_URL=https://… npm run relay -- replay --bucket relay --local

Exit code: 0 all was found or delivered (or there was nothing to do), 1 something was not, 2 wrong usage or no access.`;

const program = new Command("relay")
  .description("The operator's tool of oci-event-relay.")
  .version(version)
  .showHelpAfterError("(npm run relay -- --help tells more)")
  .exitOverride();

program
  .command("replay")
  .description("Sends the dead letters in a bucket once more, and deletes each that is delivered.")
  .addOption(
    new Option("--bucket <name>", "the bucket of dead letters").env("DEAD_LETTER_BUCKET").makeOptionMandatory(),
  )
  .option("--function <ocid>", "the deployed function to send them to")
  .option("--local", "send them through the built function under the local Fn host, configured by this environment")
  .option("--from <date>", "only events of this day and later, YYYY-MM-DD", day)
  .option("--destination <name>", "only those for this destination")
  .option("--dry-run", "tell what would be sent, and send nothing")
  .option("--keep", "do not delete what is delivered")
  .option("--json", "one JSON line for each letter, and one in the end")
  .addOption(new Option("--auth <kind>", "who you are to OCI").choices([...AUTHS]).default("config" satisfies Auth))
  .option("--config-file <path>", "OCI configuration file, default ~/.oci/config")
  .option("--profile <name>", "its profile", "DEFAULT")
  .option("--region <id>", "another region than the profile's")
  .addOption(
    new Option("--endpoint <url>", "one base URL for every OCI service, for the emulator")
      .env("OCI_ENDPOINT_URL")
      .argParser(endpoint),
  )
  .addHelpText("after", EXAMPLES)
  .exitOverride()
  .action(async (options) => {
    process.exitCode = await replayCommand(options);
  });

program
  .command("types")
  .description(
    "Lists the event types that Oracle documents, and what each becomes; tells of any other what it would become.",
  )
  .argument(
    "[type...]",
    "any of these: a type, a pattern with *, a part of a type, family or resource_type, an X-Yunion-Event",
  )
  .option("--json", "one JSON line for each type")
  .addHelpText("after", EXAMPLES)
  .exitOverride()
  .action((wanted: string[], options) => {
    process.exitCode = typesCommand(wanted, options);
  });

exitOnSignals();
// Whoever reads no more, as `| head` does, has seen enough.
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 2));
try {
  await program.parseAsync();
} catch (error) {
  // commander has printed its own errors, and help is none.
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else {
    console.error(printable(`relay: ${error instanceof Error ? error.message : String(error)}`));
    process.exitCode = 2;
  }
}

/** By the rule of the function itself. */
function endpoint(text: string): string {
  const url = ociEndpoint(text);
  if (url.ok) return text;
  throw new InvalidArgumentError(url.problem);
}

function day(text: string): string {
  const date = new Date(text);
  const isDay = !Number.isNaN(date.getTime()) && date.toISOString().slice(0, 10) === text;
  if (!isDay) throw new InvalidArgumentError("expected a day such as 2026-11-20.");
  return text;
}
