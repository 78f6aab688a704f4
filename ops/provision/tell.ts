import { printable, styled } from "../../local/terminal.ts";
import { partsOf, textsIn } from "../../src/deliver/excerpt.ts";
import { isRecord } from "../../src/problem.ts";
import type { Difference } from "./difference.ts";
import { KINDS } from "./kinds.ts";
import type { Step } from "./plan.ts";

/** Settings of the function that are no secret and hold none. */
const SHOWN = new Set([
  ...["ONS_TOPIC_ID", "ONS_FORMAT", "DEAD_LETTER_BUCKET", "DEDUPE_BUCKET", "ROUTES", "EGRESS_ALLOW", "LOG_LEVEL"],
  ...["WEBHOOK_MSG_KEY", "WEBHOOK_USE_TEMPLATE", "WEBHOOK_SYNC_ACTIONS"],
]);

/** Shorter parts of a setting are words. */
const MIN_PART_CHARACTERS = 8;

/** What OCI must not be quoted with: the values of settings that are not shown, and what stands in them, such as a header's token. */
export function secretValues(config: Readonly<Record<string, string>>): string[] {
  const values = Object.entries(config).flatMap(([name, value]) => (SHOWN.has(name) ? [] : [value]));
  const parts = values.flatMap((value) => textsIn(jsonIn(value) ?? value)).flatMap(partsOf);
  // A reference to the vault tells nothing, and what is wrong with it.
  return [...values, ...parts.filter((part) => part.length >= MIN_PART_CHARACTERS)].filter(
    (text) => !/^(vault:)?ocid1\./.test(text),
  );
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const SIGNS = { create: "+", change: "~", keep: "=", delete: "-", refuse: "!" } as const;
const COLOURS = { create: "green", change: "yellow", keep: "dim", delete: "red", refuse: "red" } as const;

/** The plan as text: a line a thing, and below it what is otherwise. What stays as it is is only counted. */
export function planText(steps: readonly Step[]): string {
  const lines = steps.filter(({ action }) => action !== "keep").flatMap(stepLines);
  return [...lines, ...(lines.length > 0 ? [""] : []), summaryOf(steps)].join("\n");
}

export function summaryOf(steps: readonly Step[]): string {
  const count = (action: Step["action"]) => steps.filter((step) => step.action === action).length;
  if (count("keep") === steps.length) return `Nothing to do: all ${steps.length} are as they should be.`;
  const parts = [
    `${count("create")} to create`,
    `${count("change")} to change`,
    `${count("delete")} to delete`,
    `${count("keep")} as they should be`,
  ];
  return `Plan: ${parts.join(", ")}.`;
}

function stepLines(step: Step): string[] {
  const kind = step.action === "delete" ? step.actual.kind : step.desired.kind;
  const name = step.action === "delete" ? `${step.actual.name} (no longer wanted)` : nameOf(step);
  const line = `${SIGNS[step.action]} ${step.action.padEnd(7)} ${KINDS[kind].noun.padEnd(21)} ${maskedEndpoint(name)}`;
  const details =
    step.action === "change"
      ? step.differences.map(differenceText)
      : step.action === "refuse"
        ? [maskedEndpoint(step.problem)]
        : [];
  return [styled(COLOURS[step.action], printable(line)), ...details.map((detail) => `    ${printable(detail)}`)];
}

function nameOf({ desired: { kind, key, attributes } }: Exclude<Step, { action: "delete" }>): string {
  const name = attributes.displayName ?? attributes.name ?? attributes.bucketName;
  if (typeof name === "string") return name;
  return key.replace(`${kind} `, "");
}

/** An address of Slack or a URL with a password is a secret: its origin tells enough. */
export function maskedEndpoint(text: string): string {
  return text.replace(/https?:\/\/\S+/gi, (url) => {
    if (!URL.canParse(url)) return maskedOddUrl(url);
    const { protocol, host, pathname, username } = new URL(url);
    return `${protocol}//${host}${pathname.length > 1 || username !== "" ? "/****" : ""}`;
  });
}

/** What only begins as a URL does: https://<region>.oraclecloud.com/topics. Where the host begins is not known if it may hold a password. */
function maskedOddUrl(text: string): string {
  const [, scheme = "", host = "", rest = ""] = /^([^:]*:\/\/)([^/?#]*)(.*)$/.exec(text) ?? [];
  if (text.includes("@")) return `${scheme}****`;
  return `${scheme}${host}${rest.length > 1 ? "/****" : ""}`;
}

function differenceText({ path, is, wanted }: Difference): string {
  const [before, after] = [listIn(is), listIn(wanted)];
  if (before === undefined || after === undefined) return `${path}: ${shownAt(path, is)} → ${shownAt(path, wanted)}`;
  const added = after.filter((each) => !before.includes(each)).map((each) => `+ ${each}`);
  const removed = before.filter((each) => !after.includes(each)).map((each) => `- ${each}`);
  return [`${path}:`, ...added, ...removed].join(" ");
}

/** What is a list, or a condition that is nothing but a list of event types: of it only what changes is worth telling. */
function listIn(value: unknown): string[] | undefined {
  if (Array.isArray(value)) return value.map((each) => (typeof each === "string" ? each : JSON.stringify(each)));
  if (typeof value !== "string" || !value.startsWith('{"eventType":[')) return undefined;
  const { eventType, ...others } = JSON.parse(value);
  return Object.keys(others).length === 0 && Array.isArray(eventType) ? eventType : undefined;
}

function shownAt(path: string, value: unknown): string {
  if (value === undefined || value === null) return "not set";
  if (isUnknown(value)) return "known once it is made";
  const setting = /^config\.(.+)$/.exec(path)?.[1];
  if (setting !== undefined && !SHOWN.has(setting)) return "****";
  return maskedEndpoint(typeof value === "string" ? value : JSON.stringify(value));
}

/** A reference to something that is not there yet, or a text with one in it. */
function isUnknown(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(isUnknown);
  if (!isRecord(value)) return false;
  return "ref" in value || Object.values(value).some(isUnknown);
}
