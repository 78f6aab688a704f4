import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { buffer } from "node:stream/consumers";
import { Command } from "commander";
import { printable } from "../local/terminal.ts";
import { conditionProblems } from "../src/config/check-condition.ts";
import { parseJson, stringifyJson } from "../src/json.ts";
import { isRecord, shown } from "../src/problem.ts";
import { type AccessOptions, accessOf, withAccess } from "./access.ts";
import { type ExplainedRule, type Explanation, explainInput } from "./explain/explain.ts";
import { explanationText } from "./explain/explain-text.ts";
import { ownRelay } from "./explain/own-relay.ts";
import { ocidArgument } from "./ocid-argument.ts";
import { rulesFor } from "./rule/rule.ts";
import { displayNameOf } from "./rule/rule-forms.ts";
import { ruleSelection } from "./rule/rule-selection.ts";

interface ExplainOptions extends AccessOptions {
  condition?: readonly string[];
  compartment?: string;
  function?: string;
  json?: boolean;
}

const HELP = `
For each route of this relay, and for each rule, it tells whether the event matches, or the first field that does not: what the
condition wants there, and what the event has. Then it shows the notification, and the request that each destination would get,
made by the function's own code: URLs down to their origin; signatures, tokens and values that may be secret as ****; what is kept
in OCI Vault as vault:<OCID>, for the vault is not asked. Nothing is sent. The input may be all that the function takes: an event,
a batch, a log record, an alarm, a dead letter.

The relay is that of relay.config.ts and of this environment (WEBHOOK_URL, ROUTES …). The rules are those that "rule" prints;
with --condition or --compartment, those instead. A rule of a compartment counts if it is enabled, has an enabled action that calls
a function (that of --function, if given) or the topic or stream from which one gets it, and stands where the event reaches it.

Examples:
  npm run relay -- explain test/fixtures/bucket-created.json
  npm run relay -- explain event.json --condition '{"eventType":"com.oraclecloud.objectstorage.*","data":{"bucketName":"a"}}'
  npm run relay -- explain event.json --compartment ocid1.compartment.oc1..… --profile DEFAULT
  ROUTES='[{"match":{"data":{"compartmentName":"prod"}},"to":["webhook"]}]' WEBHOOK_URL=https://… npm run relay -- explain event.json
  cat event.json | npm run --silent relay -- explain - --json

Exit code, of a batch that of its worst item: 0 somebody gets it, 3 nobody does, 1 it is no event, 2 wrong usage, a wrong
configuration or no access.`;

/** Explains what would become of an event. */
export function explainCommand(): Command {
  const command = new Command("explain")
    .description("Tells what becomes of an event: which routes and rules match it, why not, and what would be sent.")
    .argument("<file>", "a file with the event, or - for standard input")
    .option("--condition <json>", "a rule condition, or a file that holds one; may be repeated", collected)
    .option("--compartment <ocid>", "the active rules of this compartment and those above it; they are read from OCI")
    .option("--function <ocid>", "which of the functions that those rules call; default: any", ocidArgument("fnfunc"))
    .option("--json", "one JSON line for each event");
  return withAccess(command)
    .addHelpText("after", HELP)
    .action(async (file: string, options: ExplainOptions) => {
      process.exitCode = await explainFile(file, options);
    });
}

async function explainFile(file: string, options: ExplainOptions): Promise<number> {
  const { notes, ...own } = ownRelay();
  const rules = await rulesAskedFor(options);
  const bytes = await inputOf(file);
  const explanations = await explainInput(bytes, { ...own, rules });
  // What is no event shows no destinations.
  const isShown = explanations.some(({ outcome }) => outcome !== "rejected");
  for (const note of isShown ? notes : []) console.error(printable(`note: ${note}`));
  if (options.json) for (const each of explanations) console.log(stringifyJson(each));
  else console.log(explanations.map(explanationText).join("\n\n") || "An empty batch: there is nothing to explain.");
  return exitCodeOf(explanations);
}

function exitCodeOf(explanations: readonly Explanation[]): number {
  const outcomes = new Set(explanations.map(({ outcome }) => outcome));
  if (outcomes.has("rejected")) return 1;
  // What no rule brings does not get there, whatever the routes want.
  return explanations.some(({ outcome, isBrought }) => outcome === "sent" && isBrought) ? 0 : 3;
}

async function rulesAskedFor(options: ExplainOptions): Promise<ExplainedRule[] | undefined> {
  const { condition = [], compartment, function: functionId } = options;
  const own = condition.map(ownRule);
  if (compartment !== undefined) {
    const { tenancyRules } = await import("./explain/tenancy-rules.ts");
    const { rules, unseen } = await tenancyRules({ compartmentId: compartment, functionId }, await accessOf(options));
    for (const problem of unseen)
      console.error(printable(`note: a rule that may not be seen may bring it, too: ${problem}`));
    return [...own, ...rules];
  }
  if (functionId !== undefined)
    throw new Error("--function: says which rules of a --compartment count; give that, too");
  if (own.length > 0) return own;
  const selected = await ruleSelection({});
  if (!selected.ok) throw new Error(selected.problem);
  const made = rulesFor(selected.value);
  // Routes that only want alarms need no rule.
  if (!made.ok) return undefined;
  return made.value.rules.map((rule) => ({
    name: displayNameOf(rule, { name: "rule relay" }),
    condition: rule.condition,
    notes: rule.isIdentity ? ["for the root compartment, in the home region"] : [],
  }));
}

function ownRule(text: string, at: number): ExplainedRule {
  const isInline = /^\s*[{["]/.test(text);
  const name = isInline ? `condition ${at + 1}` : text;
  const parsed = parseJson(isInline ? text : conditionFile(text));
  if (!parsed.ok) throw new Error(`--condition ${isInline ? shown(text) : text}: is ${parsed.problem}`);
  if (!isRecord(parsed.value)) throw new Error(`--condition: expected a JSON object, got ${shown(parsed.value)}`);
  const notes = conditionProblems(parsed.value).map(
    ({ at: field, problem }) => `${field.slice(1) || "it"}: ${problem}`,
  );
  return { name, condition: parsed.value, notes };
}

function conditionFile(path: string): string {
  try {
    return readFileSync(fromCaller(path), "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Error(`--condition ${path}: is no JSON object, and cannot be read as a file (${code})`);
  }
}

async function inputOf(file: string): Promise<Buffer> {
  if (file === "-") return buffer(process.stdin);
  return readFile(fromCaller(file)).catch((error: NodeJS.ErrnoException) => {
    throw new Error(
      `${file}: cannot be read (${error.code}); name a file that holds the event, or - for standard input`,
    );
  });
}

/** npm changes to the project's root, so that a path is meant from where it was called. */
function fromCaller(path: string): string {
  return resolve(process.env.INIT_CWD ?? "", path);
}

function collected(text: string, before: readonly string[] = []): string[] {
  return [...before, text];
}
