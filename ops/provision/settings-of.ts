import { ownConfiguration } from "../../local/own-configuration.ts";
import definition from "../../relay.config.ts";
import { loadRelay, relayFromVariables } from "../../src/config.ts";
import { IDENTITY, rulesFor } from "../rule/rule.ts";
import { ruleSelection, type SelectionOptions } from "../rule/rule-selection.ts";
import type { Settings, SubscriptionSettings } from "../settings.ts";
import type { Actual, Place } from "./kind.ts";
import type { OpenPlace } from "./place.ts";

export interface SettingsOptions extends SelectionOptions {
  image?: string;
  subnet?: string[];
  memory: number;
  timeout: number;
  subscribe?: SubscriptionSettings[];
  stream?: string;
  raw?: boolean;
  keepDays: number;
  dedupeDays: number;
}

/** What provision itself gives the function, from what it makes. */
export const GIVEN: readonly string[] = ["ONS_TOPIC_ID", "DEAD_LETTER_BUCKET", "DEDUPE_BUCKET"];
/** Of the machine that this runs on, never of the function. */
const OF_THIS_MACHINE = /^(OCI_|NODE_)/;

/**
 * What is wanted, as the command line and this environment say it.
 * @returns notes: what whoever reads the plan should know
 * @throws Error that says what is wrong
 */
export async function settingsOf(
  options: SettingsOptions,
  place: OpenPlace & Pick<Place, "found">,
): Promise<{ settings: Settings; notes: string[] }> {
  const { owner, tenancyId, compartmentId, region, homeRegion, applicationName, functionName } = place;
  const { config, warnings } = functionConfiguration();
  const fn = place.found.find(({ kind, name }) => kind === "function" && name === functionName);
  const looped = options.subscribe?.find(({ endpoint }) => endpoint === fn?.id);
  if (looped !== undefined) throw new Error(loop(looped));
  const selected = await ruleSelection(options);
  if (!selected.ok) throw new Error(selected.problem);
  const made = rulesFor(selected.value);
  if (!made.ok) throw new Error(made.problem);
  const { rules, notes } = made.value;
  if (homeRegion !== region && rules.every(({ isIdentity }) => isIdentity)) throw new Error(elsewhere(place));
  const isAway = homeRegion !== region && rules.some(({ isIdentity }) => isIdentity);
  if (options.image !== undefined && !options.subnet?.length) {
    throw new Error("--image: an application needs a subnet to run in: name it with --subnet <ocid>");
  }
  return {
    settings: {
      ...{ name: owner, tenancyId, compartmentId, region, homeRegion, applicationName, functionName },
      ...(options.image !== undefined && { image: options.image }),
      subnetIds: options.subnet ?? [],
      memoryMb: options.memory,
      timeoutSeconds: options.timeout,
      config,
      subscriptions: options.subscribe ?? [],
      rules: rules.map((rule) => ({ ...rule, condition: JSON.stringify(rule.condition) })),
      ...(options.stream !== undefined && { streamId: options.stream }),
      sendsRaw: options.raw === true,
      ...{ keepDays: options.keepDays, dedupeDays: options.dedupeDays },
    },
    notes: [
      ...selected.value.notes,
      // It is made where it has to stand.
      ...notes.filter((note) => note !== IDENTITY),
      ...(isAway ? [elsewhere(place)] : []),
      ...warnings,
      ...unheard(config, fn, options),
      ...notHere(config, fn),
    ],
  };
}

/** Without a webhook there is the topic, and somebody has to hear it. */
function unheard(
  config: Record<string, string>,
  fn: Actual | undefined,
  { subscribe = [] }: SettingsOptions,
): string[] {
  const before = (fn?.attributes.config ?? {}) as Record<string, string>;
  if ((config.WEBHOOK_URL ?? before.WEBHOOK_URL) !== undefined || definition !== relayFromVariables) return [];
  const alone = "no WEBHOOK_URL in this environment: the relay publishes on the topic alone";
  return [subscribe.length > 0 ? alone : `${alone}, and nobody is subscribed to it: name somebody with --subscribe`];
}

function loop({ protocol, endpoint }: SubscriptionSettings): string {
  return `--subscribe ${protocol}=${endpoint}: that is the relay's own function, which publishes on this topic: each of its messages would call it again. Leave it out; events reach the function by the rules`;
}

/** Settings of the function stay when an environment no longer has them: nobody can tell whose they are. */
function notHere(config: Record<string, string>, fn: Actual | undefined): string[] {
  const names = Object.keys((fn?.attributes.config ?? {}) as object).filter(
    (name) => !GIVEN.includes(name) && !OF_THIS_MACHINE.test(name) && config[name] === undefined,
  );
  return names.length === 0
    ? []
    : [
        `the function also has ${names.join(", ")}, which this environment has not: it stays (fn unset config function … takes it away)`,
      ];
}

function elsewhere({ region, homeRegion }: OpenPlace): string {
  return `identity events fire in the home region ${homeRegion} only, and this is ${region}: their rule is left out here; install a second relay there, with --region ${homeRegion} and another --name, and its function`;
}

/** What the environment says of the function, checked as the function itself will check it. */
function functionConfiguration(): { config: Record<string, string>; warnings: string[] } {
  const own = ownConfiguration();
  const given = GIVEN.filter((name) => own[name]);
  if (given.length > 0) {
    throw new Error(`${given.join(", ")}: provision sets this itself, to what it makes; unset it in this environment`);
  }
  const config = Object.fromEntries(
    Object.entries(own).filter(([name, value]) => value !== "" && !OF_THIS_MACHINE.test(name)),
  );
  const made = { ONS_TOPIC_ID: "ocid1.onstopic.oc1..made", DEAD_LETTER_BUCKET: "made", DEDUPE_BUCKET: "made" };
  const onOci = { OCI_RESOURCE_PRINCIPAL_VERSION: "2.2" };
  const loaded = loadRelay(definition, { ...config, ...made, ...onOci });
  if (loaded.ok) return { config, warnings: loaded.warnings };
  throw new Error(
    `the function would not start with the configuration of this environment:\n${loaded.problems.map((problem) => `  ${problem}`).join("\n")}`,
  );
}
