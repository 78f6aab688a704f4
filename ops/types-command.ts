import { Command } from "commander";
import { listTypes } from "./list-types.ts";

const EXAMPLES = `
Examples:
  npm run relay -- types volume
  npm run relay -- types "com.oraclecloud.identitycontrolplane.*policy" --json

Exit code: 0 all was found, 1 something is not documented, 2 wrong usage.`;

export function typesCommand(): Command {
  return new Command("types")
    .description(
      "Lists the event types that Oracle documents, and what each becomes; tells of any other what it would become.",
    )
    .argument(
      "[type...]",
      "any of these: a type, a pattern with *, a part of a type, family or resource_type, an X-Yunion-Event",
    )
    .option("--json", "one JSON line for each type")
    .addHelpText("after", EXAMPLES)
    .action((wanted: string[], options) => {
      process.exitCode = listTypes(wanted, options);
    });
}
