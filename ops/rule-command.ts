import { Command, InvalidArgumentError, Option } from "commander";
import { printable } from "../local/terminal.ts";
import { ocidArgument } from "./ocid-argument.ts";
import { packNames } from "./rule/event-packs.ts";
import { DEFAULT_MAX_BYTES, MAX_RULES, type Rules, rulesFor } from "./rule/rule.ts";
import { asJson, asOciCommands, displayNameOf, type RulePlaces } from "./rule/rule-forms.ts";
import { ruleSelection, type SelectionOptions } from "./rule/rule-selection.ts";
import { asTerraform } from "./rule/rule-terraform.ts";

const FORMS = { json: asJson, oci: asOciCommands, terraform: asTerraform };

interface RuleOptions extends SelectionOptions, RulePlaces {
  maxBytes: number;
  as: keyof typeof FORMS;
  json?: boolean;
}

const HELP = `
Without --all, --pack, --family and --type the rule has the event types that the routes of this relay name (relay.config.ts,
or ROUTES in this environment); where a route asks for everything, those that have a handler of their own. A .begin is left
out where its .end is documented, unless a route names it. What you name is put together, sorted, each type once.

Identity types (identitycontrolplane, identitysignon, identityprovisioning) get a rule of their own. They fire only in the
tenancy's home region, and only a rule in its root compartment gets them. A rule can call a function of its own region only,
so the relay must stand in the home region, or a second one there: --home-function.

Packs: ${packNames.join(", ")}.
cis is every check of the CIS benchmark; iam to cloudguard are those of Oracle's landing zone.

A region has ${MAX_RULES} rules, a rule 10 actions. OCI documents no limit for a condition; with ${DEFAULT_MAX_BYTES} bytes every pack is one
rule, all documented types together take less than half of ${MAX_RULES}, and the Console still shows a condition whole.

Examples:
  npm run --silent relay -- rule
  npm run --silent relay -- rule --pack cis --pack storage --as oci --compartment ocid1.compartment.oc1..… > rules.sh
  npm run --silent relay -- rule --family volume --type "objectstorage.*bucket" --as terraform > rules.tf
  npm run --silent relay -- rule --all

The rules go to stdout, notes to stderr. Exit code: 0 printed, 2 wrong usage, or no rule can be made.`;

/** Prints Events rules. */
export function ruleCommand(): Command {
  return new Command("rule")
    .description("Prints the Events rules that bring this relay its events: as JSON, for OCI's CLI, or for Terraform.")
    .option("--all", "every event: {}")
    .option("--pack <name>", "the types of a pack, see below; may be repeated", collected)
    .option("--family <name>", "the types of a family that `types` lists; may be repeated", collected)
    .option(
      "--type <type>",
      "a type, or a pattern with *; com.oraclecloud. may be left out; may be repeated",
      collected,
    )
    .addOption(new Option("--as <form>", "what to print").choices(Object.keys(FORMS)).default("json").conflicts("json"))
    .option("--json", "one JSON object for machines: the rules, and the notes")
    .option("--max-bytes <n>", "split a condition that is longer than that", bytes, DEFAULT_MAX_BYTES)
    .option("--name <name>", "what the rules' names begin with", "relay")
    .option("--compartment <ocid>", "where the rules stand", ocidArgument("compartment", "tenancy"))
    .option("--tenancy <ocid>", "where the identity rule stands", ocidArgument("tenancy"))
    .option("--function <ocid>", "the relay's function, which the rules call", ocidArgument("fnfunc"))
    .option("--home-function <ocid>", "the one in the home region, where that is another", ocidArgument("fnfunc"))
    .option("--home-region <id>", "the tenancy's home region, such as us-ashburn-1")
    .addHelpText("after", HELP)
    .action(async (options: RuleOptions) => {
      process.exitCode = await printRules(options);
    });
}

async function printRules(options: RuleOptions): Promise<number> {
  const { rules, notes } = await rulesAskedFor(options);
  if (options.json) {
    const named = rules.map((rule) => ({ displayName: displayNameOf(rule, options), ...rule }));
    console.log(JSON.stringify({ rules: named, notes }));
    return 0;
  }
  for (const note of notes) console.error(printable(`note: ${note}`));
  console.log(FORMS[options.as](rules, options));
  return 0;
}

async function rulesAskedFor(options: RuleOptions): Promise<Rules> {
  const selected = await ruleSelection(options);
  if (!selected.ok) throw new Error(selected.problem);
  const made = rulesFor(selected.value, options.maxBytes);
  if (!made.ok) throw new Error(made.problem);
  return { rules: made.value.rules, notes: [...selected.value.notes, ...made.value.notes] };
}

function collected(text: string, before: readonly string[] = []): string[] {
  return [...before, text];
}

function bytes(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError("expected a number of bytes such as 4000.");
  return Number(text);
}
