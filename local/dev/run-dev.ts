import { styled } from "../terminal.ts";
import { clockTime } from "./clock-time.ts";
import { installationText } from "./installation-text.ts";
import { actOnKeys, KEYS_LINE } from "./key-actions.ts";
import { isSerious, logText } from "./log-text.ts";
import { startSession } from "./session.ts";
import { shortStoryText, storyText } from "./story-text.ts";

export interface DevOptions {
  emulatorPort: number;
  fnPort: number;
  sinkPort: number;
  /** Every line of the function's log. */
  showsAll: boolean;
  /** One line an event. */
  isQuiet: boolean;
  /** What of this environment concerns the relay. */
  ownConfiguration: Readonly<Record<string, string>>;
  build: () => void;
  /** Resolves when somebody wants it to end. */
  ended: Promise<void>;
}

/** Runs the relay and tells of it until it is to end. @returns false if it could not be started: then why was told */
export async function runDev({
  showsAll,
  isQuiet,
  ownConfiguration,
  build,
  ended,
  ...ports
}: DevOptions): Promise<boolean> {
  const session = await startSession({
    ...ports,
    ownConfiguration: ofTheRelayAlone(ownConfiguration),
    onStory: (story) => console.log(isQuiet ? shortStoryText(story) : storyText(story)),
    onText: (text) => console.log(text),
    onLog(line) {
      if (showsAll || (isSerious(line) && !IS_KNOWN.test(line))) console.log(logLine(line));
    },
  });
  if (typeof session === "string") {
    console.error(session);
    return false;
  }
  console.log(`\n${installationText(session.installed)}`);
  const { emit, switchReceiver } = session;
  let keys: ReturnType<typeof actOnKeys> | undefined;
  const quit = new Promise<void>((end) => {
    if (process.stdin.isTTY) keys = actOnKeys(process.stdin, { emit, build, switchReceiver, end });
  });
  console.log(keys === undefined ? "Ctrl-C ends it. Events from here on:" : KEYS_LINE);
  await Promise.race([ended, quit]);
  keys?.stop();
  await session.close();
  return true;
}

/** What the function throws is its reply, which the story has; that the key of the local receiver is in plain is our doing. */
const IS_KNOWN = /^Error in function: |"problem":"WEBHOOK_SECRET_KEY: in plain/;

function logLine(line: string): string {
  return `${styled("dim", clockTime())}  log: ${logText(line)}`;
}

/** The relay's Oracle Cloud is the local one, whatever this environment says of another, or of one that ran before. */
function ofTheRelayAlone(own: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(own).filter(([name]) => !/^OCI_/.test(name)));
}
