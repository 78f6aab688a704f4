import { createInterface } from "node:readline";
import type { ReadStream } from "node:tty";

export interface Keys {
  /** One line, typed by the person; Tab completes what is among `choices`. Undefined: thought better of it, or pressed Esc. */
  ask: (question: string, choices: readonly string[]) => Promise<string | undefined>;
  stop: () => void;
}

const CTRL_C = "\u0003";
const CTRL_D = "\u0004";

/** Tells of single keys as they are pressed. Ctrl-C and Ctrl-D count as q. */
export function listenToKeys(input: ReadStream, onKey: (key: string) => void): Keys {
  const hear = (chunk: Buffer | string) => {
    // Keys pressed in quick succession come together, those with a name of several bytes, such as arrows, too.
    const text = String(chunk);
    if (text.startsWith("\u001b")) return;
    for (const key of text) onKey(key === CTRL_C || key === CTRL_D ? "q" : key);
  };
  const listen = () => {
    input.setRawMode(true);
    input.on("data", hear);
    input.resume();
  };
  listen();
  return {
    ask(question, choices) {
      input.off("data", hear);
      const completer = (line: string): [string[], string] => [choices.filter((name) => name.startsWith(line)), line];
      const lines = createInterface({ input, output: process.stdout, completer, terminal: true });
      return new Promise((resolve) => {
        let answer: string | undefined;
        lines.question(question, (line) => {
          answer = line.trim() || undefined;
          lines.close();
        });
        const leave = (_: string, key: { name?: string }) => {
          if (key.name === "escape") lines.close();
        };
        lines.once("SIGINT", () => lines.close());
        input.on("keypress", leave);
        lines.once("close", () => {
          input.off("keypress", leave);
          listen();
          resolve(answer);
        });
      });
    },
    stop() {
      input.off("data", hear);
      input.setRawMode(false);
      input.pause();
    },
  };
}
