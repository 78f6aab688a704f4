import type { NotificationResult } from "./notification.ts";
import { UNSAFE_TEXT } from "./unsafe-text.ts";

const MAX_TITLE_CHARS = 100;
const MAX_PLACE_CHARS = 30;
const MIN_NAME_CHARS = 10;

const DID = new Map([
  ["create", "created"],
  ["update", "updated"],
  ["delete", "deleted"],
  ["migrate", "migrated"],
  ["attach", "attached"],
  ["detach", "detached"],
]);

export interface TitleParts {
  noun: string;
  name: string | undefined;
  action: string;
  result: NotificationResult;
  /** What happened, if the action does not say it well enough. */
  did: string | undefined;
  place: string | undefined;
}

/** "Instance web-1 created in prod": one line, at most 100 characters, no control characters; a long name is shortened. */
export function titleOf({ noun, name, action, result, did, place }: TitleParts): string {
  const happened = did === undefined ? happening(action, result) : ` ${did}`;
  const whole = `${name ? `${noun} ${name}` : noun}${happened}${place ? ` in ${place}` : ""}`;
  if (whole.length <= MAX_TITLE_CHARS && (place?.length ?? 0) <= MAX_PLACE_CHARS && PLAIN.test(whole)) return whole;
  const tail = `${happened}${place ? ` in ${clip(place, MAX_PLACE_CHARS)}` : ""}`;
  const room = MAX_TITLE_CHARS - charsIn(`${noun} ${tail}`);
  const subject = `${noun} ${clip(name ?? "", Math.max(room, MIN_NAME_CHARS))}`.trim();
  return clip(subject + tail, MAX_TITLE_CHARS);
}

// "Image base updated"; "Image base: update failed" and "Disk data: create begin" where English has no one word for it.
function happening(action: string, result: NotificationResult): string {
  const did = DID.get(action);
  if (did !== undefined && result !== "failed") return ` ${did}`;
  const words = action.replaceAll("_", " ");
  return result === "failed" && !/(failed|error|timeout)$/.test(words) ? `: ${words} failed` : `: ${words}`;
}

// Words of ASCII, one space between them: what nearly every title is, and nothing need be done to.
const PLAIN = /^(?:[!-~]+(?: (?!:)[!-~]+)*)?$/;

function charsIn(text: string): number {
  return text.replace(/[\ud800-\udbff][\udc00-\udfff]/g, "_").length;
}

function clip(text: string, maxChars: number): string {
  const clean = text.toWellFormed().replace(UNSAFE_TEXT, " ").replace(/ {2,}/g, " ").trim();
  const chars = [...clean];
  return chars.length <= maxChars ? clean : `${chars.slice(0, maxChars - 1).join("")}…`;
}
