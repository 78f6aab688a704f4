import { ociEndpoint } from "../egress/endpoint.ts";
import { isEgressEntry } from "../egress/guard.ts";
import { isRecord, kindOf, shown } from "../problem.ts";
import type { Route } from "../route.ts";
import { type Check, type CheckContext, createCheck, type Findings, noFindings } from "./check.ts";
import { conditionProblems } from "./check-condition.ts";
import { checkOic } from "./check-oic.ts";
import { checkOns } from "./check-ons.ts";
import { checkWebhook } from "./check-webhook.ts";
import type { DestinationSettings, Relay, RelayConfig } from "./relay.ts";
import { webhookSettings } from "./webhook-settings.ts";

const RELAY_KEYS = [
  "destinations",
  "routes",
  "egressAllow",
  "deadLetterBucket",
  "dedupeBucket",
  "ociEndpointUrl",
  "logLevel",
];
const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"];

/** Checks a configuration whole. `relay` is of use only if there are no problems. */
export function checkRelay(
  config: RelayConfig,
  context: Pick<CheckContext, "variables" | "label">,
): Findings & { relay: Relay } {
  const findings = noFindings();
  const entries: unknown[] = Array.isArray(config.egressAllow) ? config.egressAllow : [];
  const egressAllow = entries.filter((entry) => typeof entry === "string").map((entry) => entry.toLowerCase());
  const checking: CheckContext = { ...context, egressAllow, canSettle: false };
  const check = createCheck(checking, findings);
  const { report } = check;
  check.keys("", config, RELAY_KEYS);

  if (config.egressAllow !== undefined && !Array.isArray(config.egressAllow)) {
    report("egressAllow", `expected an array of hosts and CIDRs, got ${shown(config.egressAllow)}`);
  }
  for (const entry of entries) {
    if (typeof entry !== "string" || !isEgressEntry(entry.toLowerCase())) {
      report("egressAllow", `${shown(entry)} is no host, http://host or CIDR`);
    }
  }
  const destinations = destinationsOf(config, { checking, findings, check });
  const routes = routesOf(config, check);
  const deadLetterBucket = bucketOf("deadLetterBucket", config, check);
  const dedupeBucket = bucketOf("dedupeBucket", config, check);
  const ociEndpointUrl = endpointOf(config, check);
  const logLevel = check.textOf("logLevel", config.logLevel) ?? "info";
  if (!LOG_LEVELS.includes(logLevel))
    report("logLevel", `expected one of ${LOG_LEVELS.join(", ")}, got ${shown(logLevel)}`);
  const relay = { destinations, routes, deadLetterBucket, dedupeBucket, ociEndpointUrl, logLevel };
  return { ...findings, relay };
}

function destinationsOf(
  config: RelayConfig,
  { checking, findings, check }: { checking: CheckContext; findings: Findings; check: Check },
): DestinationSettings[] {
  // Nothing type-checks relay.config.ts when it is built, so no kind of value is taken for granted.
  const { report } = check;
  const context: CheckContext = { ...checking, canSettle: true };
  const entries = Object.entries(config.destinations ?? {});
  if (entries.length === 0) report("destinations", "no destination is configured; set at least one");
  return entries.flatMap(([name, destination]): DestinationSettings[] => {
    const path = `destinations.${name}`;
    if (!isRecord(destination)) {
      report(path, `expected { type: "webhook", "oic" or "ons", … }, got ${kindOf(destination)}`);
      return [];
    }
    switch (destination.type) {
      case "ons":
        return [checkOns(name, destination, check)].filter((ons) => ons !== undefined);
      case "webhook":
        return [webhookSettings(name, destination, { context, findings, read: checkWebhook })];
      case "oic":
        return [webhookSettings(name, destination, { context, findings, read: checkOic })];
      default: {
        const { type } = destination as { type: unknown };
        report(`${path}.type`, `expected "webhook", "oic" or "ons", got ${shown(type)}`);
        return [];
      }
    }
  });
}

function routesOf(config: RelayConfig, check: Check): Route[] {
  const names = Object.keys(config.destinations ?? {});
  if (config.routes === undefined) return [{ match: {}, to: names }];
  if (!Array.isArray(config.routes)) {
    check.report("routes", `expected an array, got ${shown(config.routes)}`);
    return [];
  }
  if (config.routes.length === 0) {
    check.report("routes", "is empty, so nothing would be delivered; remove it to route everything");
  }
  return config.routes.flatMap((route, index) => routeOf(route, { path: `routes[${index}]`, names, check }));
}

/** Routes may come as JSON, so nothing of their type is taken for granted. */
function routeOf(route: unknown, { path, names, check }: { path: string; names: string[]; check: Check }): Route[] {
  if (!isRecord(route)) {
    check.report(path, `expected {"match": <condition>, "to": [<destination>]}, got ${shown(route)}`);
    return [];
  }
  for (const key of Object.keys(route)) {
    if (key !== "match" && key !== "to") check.report(path, `unknown key ${shown(key)}; a route has match and to`);
  }
  for (const { at, problem } of conditionProblems(route.match)) check.report(`${path}.match${at}`, problem);
  const to = Array.isArray(route.to) ? route.to : [];
  if (to.length === 0) check.report(`${path}.to`, `expected an array of destinations, got ${shown(route.to)}`);
  for (const name of to.filter((each) => !names.includes(each))) {
    check.report(`${path}.to`, `unknown destination ${shown(name)}; configured: ${names.join(", ") || "none"}`);
  }
  return isRecord(route.match) ? [{ match: route.match, to }] : [];
}

function bucketOf(
  path: "deadLetterBucket" | "dedupeBucket",
  config: RelayConfig,
  { textOf, report }: Check,
): string | undefined {
  const name = textOf(path, config[path]);
  if (name !== undefined && !/^[A-Za-z0-9._-]{1,256}$/.test(name)) {
    report(path, `expected the name of a bucket (letters, digits, hyphens, underscores, periods), got ${shown(name)}`);
  }
  return name;
}

function endpointOf(config: RelayConfig, { textOf, report }: Check): URL | undefined {
  const text = textOf("ociEndpointUrl", config.ociEndpointUrl);
  const url = text === undefined ? undefined : ociEndpoint(text);
  if (url?.ok === false) report("ociEndpointUrl", url.problem);
  return url?.ok ? url.value : undefined;
}
