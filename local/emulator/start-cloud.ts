import type { EmittedEvent } from "../events/bus.ts";
import { createEvents, type Events } from "../events/events.ts";
import { createFaas, type Faas, type FaasOptions } from "../functions/faas.ts";
import type { ManagedFunction } from "../functions/function-management.ts";
import type { InvokeReply } from "../functions/functions.ts";
import { createAuthorization } from "../identity/authorization.ts";
import { withinBy } from "../identity/compartments.ts";
import { createIdentity } from "../identity/identity.ts";
import { createLogging, type Logging } from "../logging/logging.ts";
import {
  type HttpAnswer,
  type LoopbackAnswer,
  type LoopbackRequest,
  type LoopbackServer,
  serveLoopback,
} from "../loopback.ts";
import { createMonitoring, type Monitoring } from "../monitoring/monitoring.ts";
import { createNotifications, type Notifications } from "../notifications/notifications.ts";
import type { Mail } from "../notifications/outbox.ts";
import { createObjectStorage, type ObjectStorageEmulator } from "../object-storage/object-storage.ts";
import { createStreams } from "../streaming/streams.ts";
import { putSecret } from "../vault/put-secret.ts";
import { createSecrets, type SecretsEmulator } from "../vault/secrets.ts";
import type { Operation } from "./api.ts";
import { type Clock, createClock } from "./clock.ts";
import type { Cloud } from "./cloud.ts";
import { answerOperation } from "./operations.ts";
import { createIssuer, type Issuer, REGION, TENANCY } from "./principal.ts";
import { createStore } from "./store.ts";
import { refusal } from "./wire.ts";

export interface LocalCloud extends LoopbackServer {
  cloud: Cloud;
  issuer: Issuer;
  events: Events;
  notifications: Notifications;
  faas: Faas;
  logging: Logging;
  monitoring: Monitoring;
  storage: ObjectStorageEmulator;
  secrets: SecretsEmulator;
  /** Is told of every request, once it is carried out and before the caller learns of it. */
  onAnswer: LocalCloudOptions["onAnswer"];
  /** Answers in the place of the services, from now on; undefined: to nothing. */
  fault: ((request: LoopbackRequest) => LoopbackAnswer | undefined) | undefined;
}

export interface LocalCloudOptions extends FaasOptions {
  /** Where its things are kept, keys of users included; undefined: in memory. */
  folder?: string;
  port?: number;
  region?: string;
  /** Identity events fire only where it is the region. */
  homeRegion?: string;
  /** For what waits for minutes; a test gives its own. */
  clock?: Clock;
  onAnswer?: ((request: LoopbackRequest, answer: LoopbackAnswer) => void) | undefined;
  /** Is told of each event on the bus, once all that comes of it is done. */
  onEmitted?: (event: EmittedEvent) => void;
  /** Is told of each call of a function by the platform itself, for a rule or a subscription. */
  onInvoked?: (invoked: PlatformCall) => void;
  /** Is told of what would have left this machine. */
  onMail?: (mail: Mail) => void;
}

export interface PlatformCall {
  functionId: string;
  /** What it was called with. */
  body: string;
  reply: InvokeReply;
  /** The start of a container included. */
  ms: number;
}

const ALARM_PERIOD_MS = 60_000;

/** A whole tenancy on this machine: every service behind one URL, policies believed, nothing but 127.0.0.1. */
export async function startCloud(options: LocalCloudOptions = {}): Promise<LocalCloud> {
  const { region = REGION, homeRegion = region, clock = createClock() } = options;
  const store = createStore(options.folder);
  const issuer = createIssuer({ keys: store.collection<string>("keys"), region });
  let url = "";
  const place = { store, tenancyId: TENANCY, region, homeRegion };
  const isWithin = withinBy(place);
  const { allows, serviceAllows } = createAuthorization({ ...place, isWithin });
  // The services ask each other for things, so each is there before any is asked.
  const cloud: Cloud = {
    ...place,
    issuer,
    isWithin,
    allows,
    url: () => url,
    emit: (event) => events.emit(event),
    count: (metric) => monitoring.count(metric),
    async invoke(functionId, body, headers) {
      const startedMs = performance.now();
      const reply = await faas.invoke(functionId, body, headers);
      options.onInvoked?.({ functionId, body, reply, ms: performance.now() - startedMs });
      return reply;
    },
    publish: (...message) => notifications.publish(...message),
    putOnStream: (...message) => streams.putOnStream(...message),
  };
  const notifications = createNotifications(cloud, { clock, onMail: options.onMail });
  const events = createEvents(cloud, { clock, onEmitted: options.onEmitted });
  const logging = createLogging(cloud);
  const functions = store.collection<ManagedFunction>("functions");
  const faas = createFaas(cloud, {
    ...options,
    onLog(functionId, line) {
      const fn = functions.get(functionId);
      if (fn !== undefined)
        logging.write(fn.applicationId, { functionId, time: new Date().toISOString(), message: line });
      options.onLog?.(functionId, line);
    },
  });
  const monitoring = createMonitoring(cloud);
  const streams = createStreams(cloud);
  const secrets = createSecrets({ issuer, cloud });
  const storage = createObjectStorage({
    ...{ issuer, buckets: [], cloud },
    serviceMayManage: ({ name, compartmentId }) =>
      serviceAllows(`objectstorage-${region}`, "OBJECT_DELETE", {
        compartmentId,
        variables: { "target.bucket.name": name },
      }),
  });
  const operations: Operation[] = [
    ...notifications.operations,
    ...events.operations,
    ...faas.operations,
    ...streams.operations,
    ...createIdentity(cloud).operations,
    ...logging.operations,
    ...monitoring.operations,
    putSecret(secrets),
  ];
  // Two services take requests apart by themselves: tests have them fail in ways of their own.
  const answerTo = (request: LoopbackRequest) => {
    if (/^\/n(?:[/?]|$)/.test(request.path)) return storage.answer(request);
    if (request.path.startsWith("/20190301/secretbundles/")) return secrets.answer(request);
    return answerOperation(request, operations, issuer);
  };
  const answerAndSave = async (request: LoopbackRequest): Promise<LoopbackAnswer> => {
    try {
      const answer = await answerTo(request);
      store.save();
      return answer ?? refusal(request, 404, "NotFound", "no such operation here");
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      return refusal(request, 500, "InternalServerError", `the local OCI failed: ${why}`);
    }
  };
  const server = await serveLoopback(
    async (request) => {
      const answer = local.fault?.(request) ?? (await answerAndSave(request));
      local.onAnswer?.(request, answer);
      return answer;
    },
    { ...(options.port !== undefined && { port: options.port }), refuseForeign },
  );
  url = server.url;
  const alarms = setInterval(() => void monitoring.evaluateAlarms(clock.now()), ALARM_PERIOD_MS).unref();
  const local: LocalCloud = {
    ...{
      url,
      cloud,
      issuer,
      events,
      notifications,
      faas,
      logging,
      monitoring,
      storage,
      secrets,
      onAnswer: options.onAnswer,
      fault: undefined,
    },
    async close() {
      clearInterval(alarms);
      // What has failed is not tried again.
      const settled = events.close();
      await server.close();
      notifications.close();
      await faas.close();
      await settled;
      store.save();
    },
  };
  return local;
}

function refuseForeign(request: LoopbackRequest): HttpAnswer {
  return refusal(
    request,
    403,
    "NotAllowed",
    "only local programs may call this server, by its own name: no other Host",
  );
}
