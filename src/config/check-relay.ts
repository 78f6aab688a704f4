import { egressUrl, isEgressEntry, isLoopback } from "../egress.ts";
import { isRecord, shown } from "../problem.ts";
import type { Route } from "../route.ts";
import { type Check, createCheck } from "./check.ts";
import { conditionProblems } from "./check-condition.ts";
import { checkWebhook } from "./check-webhook.ts";
import type { DestinationSettings, Relay, RelayConfig, Variables } from "./relay.ts";

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
  context: { variables: Variables | undefined; label: (path: string) => string },
): { relay: Relay; problems: string[] } {
  const problems: string[] = [];
  const egressAllow = (config.egressAllow ?? []).map((entry) => entry.toLowerCase());
  const check = createCheck({ ...context, egressAllow, problems });
  const { report } = check;
  check.keys("", config, RELAY_KEYS);

  for (const entry of check.egressAllow) {
    if (!isEgressEntry(entry)) report("egressAllow", `${shown(entry)} is no host, http://host or CIDR`);
  }
  const destinations = destinationsOf(config, check);
  const routes = routesOf(config, check);
  const deadLetterBucket = bucketOf("deadLetterBucket", config, check);
  const dedupeBucket = bucketOf("dedupeBucket", config, check);
  const ociEndpointUrl = endpointOf(config, check);
  const logLevel = check.textOf("logLevel", config.logLevel) ?? "info";
  if (!LOG_LEVELS.includes(logLevel))
    report("logLevel", `expected one of ${LOG_LEVELS.join(", ")}, got ${shown(logLevel)}`);
  return { relay: { destinations, routes, deadLetterBucket, dedupeBucket, ociEndpointUrl, logLevel }, problems };
}

function destinationsOf(config: RelayConfig, check: Check): DestinationSettings[] {
  // Nothing type-checks relay.config.ts when it is built, so no kind of value is taken for granted.
  const entries = Object.entries(config.destinations ?? {});
  if (entries.length === 0) check.report("destinations", "no destination is configured; set at least one");
  return entries.flatMap(([name, destination]): DestinationSettings[] => {
    const path = `destinations.${name}`;
    if (!isRecord(destination)) {
      check.report(path, `expected { type: "webhook" or "ons", … }, got ${shown(destination)}`);
      return [];
    }
    if (destination.type === "webhook") {
      const webhook = checkWebhook(name, destination, check);
      return webhook === undefined ? [] : [webhook];
    }
    if (destination.type !== "ons") {
      check.report(
        `${path}.type`,
        `expected "webhook" or "ons", got ${shown((destination as { type: unknown }).type)}`,
      );
      return [];
    }
    check.keys(path, destination, ["type", "topicId"]);
    const topicId = check.requiredTextOf(`${path}.topicId`, destination.topicId);
    if (topicId === undefined) return [];
    if (!/^ocid1\.onstopic\.[a-z0-9.-]+$/i.test(topicId)) {
      check.report(`${path}.topicId`, `expected the OCID of a topic, ocid1.onstopic.…, got ${shown(topicId)}`);
    }
    return [{ type: "ons", name, topicId }];
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
  if (text === undefined) return undefined;
  const url = egressUrl(text, []);
  if (url.ok && url.value.search === "" && url.value.hash === "") return url.value;
  if (url.ok) {
    report("ociEndpointUrl", "has a query or a fragment; expected https://host or https://host/path");
    return undefined;
  }
  const isPlain = URL.canParse(text) && !isLoopback(new URL(text)) && text.startsWith("http:");
  report("ociEndpointUrl", isPlain ? "is plain http off loopback; use https" : url.problem);
  return undefined;
}
