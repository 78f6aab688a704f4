import { Command, InvalidArgumentError, Option } from "commander";
import { type AccessOptions, withAccess } from "./access.ts";
import { ocidArgument } from "./ocid-argument.ts";
import { applyAll, planOnly } from "./provision/carry-out.ts";
import { destroyAll } from "./provision/destroy-all.ts";
import type { PlaceOptions } from "./provision/place.ts";
import type { SettingsOptions } from "./provision/settings-of.ts";
import { subscriptionOf } from "./provision/subscription-of.ts";

export interface ProvisionOptions extends AccessOptions, PlaceOptions, SettingsOptions {
  yes?: boolean;
  json?: boolean;
  deleteDeadLetters?: boolean;
}

const EXAMPLES = `
What it makes, all of it named after --name and tagged oci-event-relay=<name>: an ONS topic with subscriptions, two buckets (dead
letters, dedupe record) with lifecycle rules, a dynamic group and a policy for the function, a log group with the function's log,
Events rules, three kinds of alarms to the topic. The application and the function must be there (fn deploy), unless --image says
what to make them of. The function's configuration is that of this environment: WEBHOOK_URL, WEBHOOK_SECRET_KEY, ROUTES ….

Examples:
  export WEBHOOK_URL=https://cmdb.example.com/hook WEBHOOK_SECRET_KEY=vault:ocid1.vaultsecret.oc1.phx.…
  npm run relay -- provision plan --compartment ocid1.compartment.oc1..… --subscribe EMAIL=ops@example.com
  npm run relay -- provision apply --compartment ocid1.compartment.oc1..… --subscribe EMAIL=ops@example.com
  npm run relay -- provision apply --compartment ocid1.compartment.oc1..… --pack cis --pack network --auth session
  npm run relay -- provision destroy --compartment ocid1.compartment.oc1..…

Exit code: 0 all is as it should be (or planned), 1 something is in the way or stopped it, 2 wrong usage or no access.`;

export function provisionCommand(): Command {
  const command = new Command("provision").description(
    "Makes all that a deployed relay needs in OCI, and takes it away again.",
  );
  const plan = new Command("plan").description("Tells what apply would do, and does nothing.");
  const apply = new Command("apply").description(
    "Makes what is missing, and changes what is otherwise; again does nothing.",
  );
  const destroy = new Command("destroy").description("Deletes all that bears the relay's tag, after it has asked.");
  for (const each of [plan, apply]) withSettings(withPlace(each));
  apply.option("--yes", "do not ask before something is deleted");
  withPlace(destroy)
    .option("--yes", "do not ask")
    .option("--delete-dead-letters", "although there are dead letters or rejected input in a bucket");
  for (const each of [plan, apply, destroy]) withAccess(each).addHelpText("after", EXAMPLES);
  plan.action(async (options: ProvisionOptions) => {
    process.exitCode = await planOnly(options);
  });
  apply.action(async (options: ProvisionOptions) => {
    process.exitCode = await applyAll(options);
  });
  destroy.action(async (options: ProvisionOptions) => {
    process.exitCode = await destroyAll(options);
  });
  return command.addCommand(plan).addCommand(apply).addCommand(destroy).addHelpText("after", EXAMPLES);
}

/** What every command about an installation has to know, `verify` too. */
export function withPlace(command: Command): Command {
  return command
    .addOption(
      new Option("--compartment <ocid>", "where it all stands; of the tenancy for its root")
        .env("RELAY_COMPARTMENT")
        .argParser(ocidArgument("compartment", "tenancy"))
        .makeOptionMandatory(),
    )
    .option("--tenancy <ocid>", "only where the identity does not tell it", ocidArgument("tenancy"))
    .option(
      "--name <name>",
      "prefix of all names, and value of the tag: one for each relay of a tenancy",
      name,
      "relay",
    )
    .option("--application <name>", "of OCI Functions", "relay")
    .option("--function <name>", "in that application", "oci-event-relay")
    .option("--json", "for machines");
}

function withSettings(command: Command): Command {
  return command
    .option(
      "--subscribe <protocol=endpoint>",
      "EMAIL, CUSTOM_HTTPS, SLACK, PAGERDUTY or ORACLE_FUNCTIONS; may be repeated",
      subscribed,
    )
    .option("--all", "rules for every event, not only those that routes and handlers name")
    .option("--pack <name>", "rules for a pack of event types, as of relay rule; may be repeated", collected)
    .option("--family <name>", "rules for a family of event types; may be repeated", collected)
    .option("--type <type>", "rules for an event type or a pattern; may be repeated", collected)
    .option("--raw", "rules also publish the events, as they came, on the topic")
    .option("--stream <ocid>", "rules also put the events into this stream", ocidArgument("stream"))
    .option("--image <image>", "make application and function, of this image in the registry of the region")
    .option("--subnet <ocid>", "for the application that --image makes; may be repeated", subnets)
    .option("--memory <MB>", `of a function that --image makes: ${MEMORIES.join(", ")}`, memory, 256)
    .option("--timeout <seconds>", "of a function that --image makes", whole(5, 300), 60)
    .option("--keep-days <days>", "how long dead letters are kept", whole(1, 36_500), 90)
    .option("--dedupe-days <days>", "how long the dedupe record is kept", whole(1, 36_500), 7);
}

function collected(text: string, before: string[] = []): string[] {
  return [...before, text];
}

function subnets(text: string, before: string[] = []): string[] {
  return [...new Set([...before, ocidArgument("subnet")(text)])];
}

function subscribed(text: string, before: SettingsOptions["subscribe"] = []) {
  const subscription = subscriptionOf(text);
  if (!subscription.ok) throw new InvalidArgumentError(subscription.problem);
  const { protocol, endpoint } = subscription.value;
  const others = before.filter((each) => each.protocol !== protocol || each.endpoint !== endpoint);
  return [...others, subscription.value];
}

function name(text: string): string {
  if (/^[a-z][a-z0-9-]{0,30}$/.test(text)) return text;
  throw new InvalidArgumentError("expected small letters, digits and hyphens, at most 31, a letter first.");
}

function whole(least: number, most: number) {
  return (text: string): number => {
    const number = Number(text);
    if (Number.isInteger(number) && number >= least && number <= most) return number;
    throw new InvalidArgumentError(`expected a whole number from ${least} to ${most}.`);
  };
}

/** What OCI Functions has. */
const MEMORIES = [128, 256, 512, 1024, 2048, 3072];

function memory(text: string): number {
  if (MEMORIES.includes(Number(text))) return Number(text);
  throw new InvalidArgumentError(`expected one of ${MEMORIES.join(", ")}.`);
}
