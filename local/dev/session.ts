import { OciError } from "oci-common";
import { type LocalCloud, startCloud } from "../emulator/start-cloud.ts";
import { startFnServer } from "../fn-api/server.ts";
import type { LoopbackServer } from "../loopback.ts";
import { type Sink, startSink } from "../sink.ts";
import { printable } from "../terminal.ts";
import { administrator } from "./administrator.ts";
import { installForDev } from "./dev-installation.ts";
import { createEventStories, type EventStories, type EventStory } from "./event-stories.ts";
import { installInFn } from "./fn-installation.ts";
import { fnOutcomeText } from "./fn-outcome-text.ts";
import { heldMail } from "./happening.ts";
import { happeningText } from "./happening-text.ts";
import type { Installed } from "./installation-text.ts";
import { localCompartment } from "./local-compartment.ts";
import { portProblem } from "./port.ts";
import { callText, strayWebhookText } from "./story-text.ts";

export interface SessionOptions {
  emulatorPort: number;
  fnPort: number;
  sinkPort: number;
  /** What of this environment goes into the function's configuration. */
  ownConfiguration: Readonly<Record<string, string>>;
  onStory: (story: EventStory) => void;
  /** A line of the function's log. */
  onLog: (line: string) => void;
  /** Anything else worth a line. */
  onText: (text: string) => void;
}

export interface Session {
  installed: Installed;
  emit: (event: Record<string, unknown>) => void;
  /** @returns true if the receiver is up now */
  switchReceiver: () => boolean;
  close: () => Promise<void>;
}

/** Longer than anybody leaves it running: the Fn host's containers get no other principal later. */
const PRINCIPAL_LIFETIME_MS = 365 * 24 * 3_600_000;

/**
 * Emulator, Fn host and sink, with a relay installed in them.
 * @returns a sentence that says why it can not be had
 */
export async function startSession(options: SessionOptions): Promise<Session | string> {
  const closing: (() => Promise<void> | void)[] = [];
  const close = async () => {
    for (const end of closing.toReversed()) await end();
  };
  const session = await start(options, closing).catch((error) => {
    // Whose configuration the emulator does not take has to know its words.
    if (error instanceof OciError) return `The relay can not be installed in the emulator: ${printable(error.message)}`;
    throw error;
  });
  if (typeof session !== "string") return { ...session, close };
  await close();
  return session;
}

async function start(
  options: SessionOptions,
  closing: (() => Promise<void> | void)[],
): Promise<Omit<Session, "close"> | string> {
  const { ownConfiguration } = options;
  let isInstalled = false;
  const stories = createEventStories(() => cloud?.events, {
    onStory: (story) => {
      // What the installation itself does is no story.
      if (isInstalled) options.onStory(story);
    },
    onWebhook: (received) => options.onText(strayWebhookText(received)),
    onCall: (called, eventType) => options.onText(callText(called, { from: "for a subscription", eventType })),
  });
  const sink = await startReceiver(options, stories);
  if (typeof sink === "string") return sink;
  closing.push(() => sink.close());
  let cloud: LocalCloud | undefined;
  const started = await startEmulator(options, stories);
  if (typeof started === "string") return started;
  cloud = started;
  closing.push(() => started.close());
  // All ports first: who has to choose another one learns of it at once.
  const environment: Record<string, string> = {};
  const fn = await startFn(options, environment);
  if (typeof fn === "string") return fn;
  closing.push(() => fn.close());
  const { issuer } = started;
  const { tenancyId, region } = started.cloud;
  const { configFile, remove } = administrator(issuer, { region });
  closing.push(remove);
  const compartmentId = await localCompartment({ url: started.url, configFile });
  const { functionId, config } = await installForDev({
    ...{ url: started.url, configFile, compartmentId, ownConfiguration },
    ...{ webhookUrl: `${sink.url}/webhook`, secretKey: SECRET_KEY },
  });
  const principal = issuer.principal({ functionId, compartmentId, region, lifetimeMs: PRINCIPAL_LIFETIME_MS });
  closing.push(principal.remove);
  Object.assign(environment, { OCI_ENDPOINT_URL: started.url, ...principal.variables });
  await installInFn(fn.url, config);
  isInstalled = true;
  let isUp = true;
  return {
    installed: {
      ...{ emulatorUrl: started.url, fnUrl: fn.url, sinkUrl: sink.url, configFile, tenancyId, compartmentId },
      ownNames: Object.keys(ownConfiguration),
    },
    emit: (event) => void started.events.deliver(event),
    switchReceiver() {
      isUp = !isUp;
      const answer = isUp ? UP : DOWN;
      sink.answer = () => answer;
      return isUp;
    },
  };
}

const UP = { status: 200, body: '{"result":"ok"}' };
const DOWN = { status: 500, body: '{"result":"down"}' };
const MAX_RECEIVED = 1_000;
const SECRET_KEY = "dev-secret-key-of-the-local-relay";

function startReceiver(options: SessionOptions, stories: EventStories): Promise<Sink | string> {
  const { sinkPort: port, ownConfiguration } = options;
  // What stands in a vault is not known here; without a key nothing is signed.
  const secretKey = ownConfiguration.WEBHOOK_SECRET_KEY ?? SECRET_KEY;
  const isChecked = secretKey !== "" && !secretKey.startsWith("vault:");
  return atPort("--sink-port", port, async () => {
    const sink: Sink = await startSink({
      ...{ port, ...(isChecked && { secretKey }) },
      onReceived(received) {
        stories.onReceived(received);
        if (sink.received.length > MAX_RECEIVED) sink.received.shift();
      },
    });
    return sink;
  });
}

function startEmulator(
  { emulatorPort, onLog, onText }: SessionOptions,
  stories: EventStories,
): Promise<LocalCloud | string> {
  return atPort("--emulator-port", emulatorPort, () =>
    startCloud({
      port: emulatorPort,
      onInvoked: stories.onInvoked,
      onEmitted: stories.onEmitted,
      onMail: (mail) => onText(happeningText(heldMail(mail))),
      onLog(_, line) {
        stories.onLog(line);
        onLog(line);
      },
    }),
  );
}

function startFn(options: SessionOptions, environment: Record<string, string>): Promise<LoopbackServer | string> {
  const { fnPort: port, onLog, onText } = options;
  return atPort("--fn-port", port, () =>
    startFnServer({
      ...{ port, environment },
      onLog(line) {
        const told = fnOutcomeText(line);
        if (told !== undefined) onText(told);
        onLog(line);
      },
      onAnswer(line) {
        if (!/ [23]\d\d$/.test(line)) onText(`Fn host: ${printable(line)}`);
      },
    }),
  );
}

async function atPort<T>(option: string, port: number, listen: () => Promise<T>): Promise<T | string> {
  try {
    return await listen();
  } catch (error) {
    return portProblem(error, { option, port });
  }
}
