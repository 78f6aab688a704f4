import { Command, InvalidArgumentError, Option } from "commander";
import { withAccess } from "./access.ts";
import { ocidArgument } from "./ocid-argument.ts";
import { replayLetters } from "./replay/replay-letters.ts";

const EXAMPLES = `
Examples:
  npm run relay -- replay --bucket relay --dry-run
  npm run relay -- replay --bucket relay --function ocid1.fnfunc.oc1.phx.… --destination webhook --from 2026-11-20
  WEBHOOK_URL=https://… npm run relay -- replay --bucket relay --local

Exit code: 0 all were delivered or there were none, 1 some were not, or could not be read or deleted,
2 wrong usage or no access.`;

export function replayCommand(): Command {
  const command = new Command("replay")
    .description("Sends the dead letters in a bucket once more, and deletes each that is delivered.")
    .addOption(
      new Option("--bucket <name>", "the bucket of dead letters").env("DEAD_LETTER_BUCKET").makeOptionMandatory(),
    )
    .option("--function <ocid>", "the deployed function to send them to", ocidArgument("fnfunc"))
    .option("--local", "send them through the built function under the local Fn host, configured by this environment")
    .option("--from <date>", "only events of this day and later, YYYY-MM-DD", day)
    .option("--destination <name>", "only those for this destination")
    .option("--dry-run", "tell what would be sent, and send nothing")
    .option("--keep", "do not delete what is delivered")
    .option("--json", "one JSON line for each letter (of a dry run for each day and destination), and one in the end");
  return withAccess(command)
    .addHelpText("after", EXAMPLES)
    .action(async (options) => {
      process.exitCode = await replayLetters(options);
    });
}

function day(text: string): string {
  const date = new Date(text);
  const isDay = !Number.isNaN(date.getTime()) && date.toISOString().slice(0, 10) === text;
  if (!isDay) throw new InvalidArgumentError("expected a day such as 2026-11-20.");
  return text;
}
