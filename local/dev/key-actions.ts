import type { ReadStream } from "node:tty";
import { fixture } from "../fixtures.ts";
import { printable, styled, table } from "../terminal.ts";
import { emittableFixtures, eventFrom } from "./event-source.ts";
import { freshEvent } from "./fresh-event.ts";
import { type Keys, listenToKeys } from "./keys.ts";
import { readEvent } from "./read-event.ts";
import { TOLD_FIXTURES } from "./told-fixtures.ts";

export interface KeyActions {
  emit: (event: Record<string, unknown>) => void;
  build: () => void;
  /** @returns true if the receiver is up now */
  switchReceiver: () => boolean;
  end: () => void;
}

const HELP = `  1-9  emit a telling event${TOLD_FIXTURES.map(({ name, why }, index) => `\n         ${index + 1}  ${name}: ${why}`).join("")}
  n    emit the next of all fixtures
  f    emit a fixture or a file of your choice (Esc: none)
  d    send the last one again unchanged: to the relay a duplicate
  r    the receiver goes down, or up again
  l    list the fixtures
  b    build now
  h    this help
  q    end

Each event gets an eventID and an eventTime of its own, so that it counts as a new one; only d sends one as it was.`;

/** What the keys of `npm run dev` do. */
export function actOnKeys(input: ReadStream, actions: KeyActions): Keys {
  const fixtures = emittableFixtures();
  let next = 0;
  let last: Record<string, unknown> | undefined;
  const keys = listenToKeys(input, (key) => {
    const told = TOLD_FIXTURES[Number(key) - 1];
    if (told !== undefined) emitFixture(told.name);
    else if (key.trim() !== "") byKey.get(key.toLowerCase())?.();
    // Room for the eye between what came before and what comes.
    else if (key === "\r" || key === "\n") console.log();
  });
  const byKey = new Map<string, () => void>([
    ["n", emitNext],
    ["f", () => void askForEvent()],
    ["d", sendAgain],
    ["r", switchReceiver],
    ["l", () => console.log(table(fixtures.map(({ name, eventType }) => [name, eventType])))],
    ["b", actions.build],
    ["h", () => console.log(HELP)],
    ["?", () => console.log(HELP)],
    ["q", actions.end],
  ]);
  return keys;

  function emit(event: Record<string, unknown>): void {
    last = event;
    actions.emit(event);
  }

  function emitFixture(name: string): void {
    const event = readEvent(fixture(name));
    if (event.ok) emit(freshEvent(event.value));
    else console.log(styled("red", printable(`${name}: ${event.problem}`)));
  }

  function emitNext(): void {
    const name = fixtures[next % fixtures.length]?.name;
    next += 1;
    if (name === undefined) return;
    console.log(styled("dim", `fixture ${name}`));
    emitFixture(name);
  }

  async function askForEvent(): Promise<void> {
    const source = await keys.ask(
      "Which fixture or file? ",
      fixtures.map(({ name }) => name),
    );
    if (source === undefined) return;
    const event = eventFrom(source);
    if (event.ok) emit(freshEvent(event.value));
    else console.log(styled("red", printable(event.problem)));
  }

  function sendAgain(): void {
    if (last === undefined) console.log("Nothing was sent yet: press 1 first, then d.");
    else actions.emit(last);
  }

  function switchReceiver(): void {
    console.log(
      actions.switchReceiver()
        ? "The receiver is up again: it answers 200."
        : "The receiver is down: it answers 500, until r is pressed again.",
    );
  }
}

/** In one line, for whoever has just started. */
export const KEYS_LINE =
  "Keys: 1-9 emit an event, n next, f find, d duplicate, r receiver down/up, l list, b build, h help, q end";
