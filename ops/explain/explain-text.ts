import { printable, styled } from "../../local/terminal.ts";
import { stringifyJson } from "../../src/json.ts";
import type { DestinationRequest } from "./destination-request.ts";
import type { Explanation, Verdict } from "./explain.ts";
import type { MaskedRequest } from "./masked-request.ts";

const NOT_BROUGHT = "brings this event to the function.";
const IDENTITY =
  "an identity event: it fires in the tenancy's home region only, and only a rule in the root compartment gets it, with a function in the home region";

/** What would become of one message, for people. */
export function explanationText(explanation: Explanation): string {
  const { eventType, eventID, isIdentity, shape, problem, notification, requests } = explanation;
  const { routes, rules, isBrought } = explanation;
  if (eventType === undefined) return `${heading("Rejected")}: ${printable(problem ?? "")}`;
  const read = shape === "event" ? [] : [`  read from: ${shape}, which no Events rule brings`];
  return [
    `${heading(printable(eventType))}  ${printable(eventID ?? "")}`,
    ...read,
    ...(isIdentity ? [`  ${IDENTITY}`] : []),
    ...section(
      "Routes",
      routes.map((route) => verdictLines({ ...route, name: `${route.name} -> ${route.to.join(", ")}` })),
    ),
    ...section("Rules", rules.map(verdictLines)),
    ...(isBrought
      ? []
      : [`  ${rules.length === 0 ? "There is no active rule, so none" : "None of these rules"} ${NOT_BROUGHT}`]),
    ...(notification === undefined ? [] : section("Notification", [notificationLines(notification)])),
    ...requests.flatMap(requestLines),
    "",
    endText(explanation),
  ].join("\n");
}

function endText({ outcome, problem, requests, isBrought }: Explanation): string {
  const told = problem === undefined ? "" : `: ${printable(problem)}`;
  if (outcome !== "sent") return `${heading("Ignored")}${told || ": no destination can be given it"}`;
  const names = requests.filter((request) => request.problem === undefined).map(({ destination }) => destination);
  const condition = isBrought ? "" : ", if a rule brought it";
  return `${heading("Would be delivered")} to ${printable(names.join(", "))}${condition}${told}. Nothing was sent.`;
}

function section(title: string, parts: readonly (readonly string[])[]): string[] {
  return parts.length === 0 ? [] : ["", heading(title), ...parts.flat().map((line) => `  ${line}`)];
}

function verdictLines({ name, isMatch, mismatch, obstacle, notes }: Verdict): string[] {
  const no = isMatch ? "matches, but does not bring it" : "no";
  const why = isMatch ? obstacle : (mismatch ?? "");
  const verdict = why === undefined ? styled("green", "matches") : `${styled("red", no)}: ${printable(why)}`;
  return [`${printable(name)}: ${verdict}`, ...notes.map((note) => `  ${printable(note)}`)];
}

function notificationLines({ title, yunionEvent, message }: NonNullable<Explanation["notification"]>): string[] {
  return [printable(title), `X-Yunion-Event: ${yunionEvent}`, ...stringifyJson(message, 2).split("\n").map(printable)];
}

function requestLines({ destination, type, requests, problem, notes }: DestinationRequest): string[] {
  return [
    ...section(`To ${printable(destination)} (${type})`, [
      ...notes.map((note) => [`note: ${printable(note)}`]),
      ...(problem === undefined ? [] : [[`${styled("red", "not sent")}: ${printable(problem)}`]]),
      ...requests.map((request, at) => (at === 0 ? wireLines(request) : ["", ...wireLines(request)])),
    ]),
  ];
}

function wireLines({ method, url, headers, body, bytes }: MaskedRequest): string[] {
  const lines = headers.map(([name, value]) => `${name}: ${value}`);
  return [`${method} ${url}`, ...lines, "", `${body}`, `(${bytes} bytes)`].map(printable);
}

function heading(text: string): string {
  return styled("bold", text);
}
