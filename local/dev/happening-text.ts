import { printable, styled } from "../terminal.ts";
import { clockTime } from "./clock-time.ts";
import { emittedLines } from "./emitted-lines.ts";
import type { AnsweredRequest, Happening } from "./happening.ts";
import { logText } from "./log-text.ts";
import { shortOcid } from "./short-ocid.ts";

/** For a person at a terminal: one line, for an event and a mail with a few that belong to it. */
export function happeningText(happening: Happening): string {
  const [first = "", ...more] = linesOf(happening);
  return [`${styled("dim", clockTime())}  ${first}`, ...more.map((line) => `            ${line}`)].join("\n");
}

function linesOf(happening: Happening): string[] {
  switch (happening.kind) {
    case "request":
      return [requestLine(happening)];
    case "event":
      return [
        `${label("event")} ${styled("bold", printable(happening.eventType))}  ${printable(happening.eventID)}`,
        ...emittedLines(happening),
      ];
    case "mail": {
      const { protocol, to, subject, confirmationUrl } = happening;
      const confirm = confirmationUrl === undefined ? [] : [`to confirm: ${printable(confirmationUrl)}`];
      return [`${label("not sent")} ${protocol} to ${printable(originOf(to))}: ${printable(subject)}`, ...confirm];
    }
    case "log":
      return [`${label("log")} ${printable(happening.functionName)} | ${logText(happening.line)}`];
  }
}

/** A webhook's URL may be its password. */
function originOf(endpoint: string): string {
  if (!/^https?:/.test(endpoint) || !URL.canParse(endpoint)) return endpoint;
  const { origin, pathname } = new URL(endpoint);
  return pathname.length > 1 ? `${origin}/****` : origin;
}

function requestLine({ method, path, status, code, caller }: AnsweredRequest): string {
  const isWell = typeof status === "number" && status < 400;
  const who = caller === null ? "not signed" : shortOcid(caller);
  const answered = styled(isWell ? "green" : "red", [status, code].filter(Boolean).join(" "));
  return `${label("request")} ${method} ${printable(path)}  ${answered}  ${styled("dim", printable(who))}`;
}

function label(name: string): string {
  return styled("cyan", name.padEnd("request".length));
}
