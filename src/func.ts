import fdk from "@fnproject/fdk";
import { handlers } from "../handlers/index.ts";
import { version } from "../package.json";
import definition from "../relay.config.ts";
import type { DestinationSettings, Relay } from "./config/relay.ts";
import { configurationError, loadRelay, processVariables } from "./config.ts";
import type { Destination } from "./deliver/destination.ts";
import { createWarmRecord } from "./deliver/warm-record.ts";
import { createWebhook } from "./deliver/webhook.ts";
import { lazyServices } from "./lazy-services.ts";
import { createLog, type Log } from "./log.ts";
import { createNormaliser } from "./normalise.ts";
import { type Machine, relayInput } from "./pipeline.ts";
import { regionId } from "./region.ts";
import { createRouter, type Route } from "./route.ts";

/** Loaded with the first event that no handler names. Not import(), which is a promise: an event is normalised in one go. */
const byName = () => (require("./catalogue.ts") as typeof import("./catalogue.ts")).byName;

const world = {
  now: Date.now,
  random: Math.random,
  sleep: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)),
};

/** An event may be waiting meanwhile. */
const MAX_SUGGESTIONS = 5;

const NO_CALL = { callID: null, eventID: null };

/** Deliveries: about 3 MB of memory. */
const MAX_REMEMBERED = 20_000;

start();

function start(): void {
  const variables = processVariables();
  const loaded = loadRelay(definition, variables);
  if (!loaded.ok) {
    createLog("info").fatal(loaded.problems);
    if (process.stderr.isTTY) process.stderr.write(`${configurationError(loaded.problems)}\n`);
    process.exit(1);
  }
  const log = createLog(loaded.relay.logLevel);
  dieLoudly(log);
  const region = regionId(variables.OCI_RESOURCE_PRINCIPAL_REGION);
  const machine = assemble(loaded.relay, log, region);
  serve(machine);
  for (const destination of machine.destinations.values()) setImmediate(() => destination.prepare?.());

  log.start(
    version,
    [...machine.destinations.values()].map(({ type, target }) => `${type} ${target}`),
  );
  for (const warning of loaded.warnings) log.warn(warning);
  // A route that asks for nothing is as likely as can be; any other is looked at once the socket is there.
  if (loaded.relay.routes.some(({ match }) => Object.keys(match).length > 0)) {
    // Advice must not end what works.
    setImmediate(() => warnOfUnlikely(loaded.relay.routes, log).catch((error) => log.bug(NO_CALL, error)));
  }
}

async function warnOfUnlikely(routes: readonly Route[], log: Log): Promise<void> {
  const { unlikelyRoutes } = await import("./config/unlikely-routes.ts");
  for (const problem of await unlikelyRoutes(routes, MAX_SUGGESTIONS)) log.warn(problem);
}

function assemble(relay: Relay, log: Log, region: string | undefined): Machine {
  const { now } = world;
  const { vault, ons, claims, deadLetters } = lazyServices({
    endpointUrl: relay.ociEndpointUrl,
    regionId: region,
    now,
  });
  const create = (settings: DestinationSettings): Destination =>
    settings.type === "webhook" ? createWebhook({ ...settings, vault }, now) : ons(settings);
  const destinations = new Map(relay.destinations.map((settings) => [settings.name, create(settings)]));
  const { deadLetterBucket, dedupeBucket } = relay;
  const secrets = () => [...destinations.values()].flatMap((destination) => destination.secrets());
  return {
    route: createRouter(relay.routes),
    normaliser: createNormaliser({ handlers, byName }, region),
    destinations,
    ownBuckets: new Set([deadLetterBucket, dedupeBucket].filter((bucket) => bucket !== undefined)),
    dedupe: {
      warm: createWarmRecord(MAX_REMEMBERED),
      claim: dedupeBucket === undefined ? undefined : claims(dedupeBucket),
      destinations,
    },
    deadLetters: deadLetterBucket === undefined ? undefined : deadLetters(deadLetterBucket, secrets),
    version,
    log,
    world,
  };
}

/** One reply for whatever happens: the FDK dies of a result it cannot write, and prints all of an Error. */
function serve(machine: Machine): void {
  fdk.handle(
    async (body, { callID, deadline }) => {
      const reply = await relayInput({ bytes: body, callID, deadline }, machine);
      const text = JSON.stringify(reply);
      // Not an Error and on one line: the FDK logs what is thrown, and answers 502, so that the caller tries again.
      if (reply.outcome === "failed") throw text;
      return fdk.rawResult(text);
    },
    { inputMode: "buffer" },
  );
}

/** A stray error ends the process, after one line that says so; the platform answers 502 and starts another. */
function dieLoudly(log: Log): void {
  for (const event of ["uncaughtException", "unhandledRejection"] as const) {
    process.on(event, (error: unknown) => {
      log.bug(NO_CALL, error);
      process.exit(1);
    });
  }
}
