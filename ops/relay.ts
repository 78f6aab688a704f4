import { Command, CommanderError } from "commander";
import { exitOnSignals } from "../local/signals.ts";
import { printable } from "../local/terminal.ts";
import { version } from "../package.json";

/** By name, in the order of the help. Only what is asked for is loaded: the clients of OCI alone take seconds. */
const COMMANDS = new Map<string, () => Promise<Command>>([
  ["types", async () => (await import("./types-command.ts")).typesCommand()],
  ["rule", async () => (await import("./rule-command.ts")).ruleCommand()],
  ["explain", async () => (await import("./explain-command.ts")).explainCommand()],
  ["provision", async () => (await import("./provision-command.ts")).provisionCommand()],
  ["verify", async () => (await import("./verify-command.ts")).verifyCommand()],
  ["replay", async () => (await import("./replay-command.ts")).replayCommand()],
]);

const EXAMPLES = `
Examples:
  npm run relay -- types volume
  npm run relay -- rule --pack cis --as oci
  npm run relay -- explain test/fixtures/bucket-created.json
  npm run relay -- provision plan --compartment ocid1.compartment.oc1..…
  npm run relay -- verify --compartment ocid1.compartment.oc1..…
  npm run relay -- replay --bucket relay --dry-run

What a command takes, its examples and its exit codes: npm run relay -- <command> --help`;

const program = new Command("relay")
  .description("The operator's tool of oci-event-relay.")
  .version(version)
  .showHelpAfterError("(npm run relay -- --help tells more)")
  .addHelpText("after", EXAMPLES);

exitOnSignals();
// The SDK prints every answer that it does not try again; what that means for the command, the command says.
console.warn = () => undefined;
// Whoever reads no more, as `| head` does, has seen enough.
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 2));
try {
  await loadCommands();
  await program.parseAsync();
} catch (error) {
  // commander has printed its own errors, and help is none.
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else {
    const message = error instanceof Error ? error.message : String(error);
    for (const line of `relay: ${message}`.split("\n")) console.error(printable(line));
    process.exitCode = 2;
  }
}

async function loadCommands(): Promise<void> {
  const asked = COMMANDS.get(process.argv[2] ?? "");
  for (const load of asked === undefined ? COMMANDS.values() : [asked]) program.addCommand(await load());
  for (const command of [program, ...commandsBelow(program)]) {
    command.exitOverride();
    if (command !== program) command.showHelpAfterError(`(npm run ${pathOf(command)} --help tells more)`);
  }
}

function commandsBelow(command: Command): Command[] {
  return command.commands.flatMap((child) => [child, ...commandsBelow(child)]);
}

/** "relay -- replay", as it is typed after `npm run`. */
function pathOf(command: Command): string {
  const above = command.parent;
  if (above === null) return `${command.name()} --`;
  return `${pathOf(above)} ${command.name()}`;
}
