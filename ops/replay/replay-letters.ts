import { ownConfiguration } from "../../local/own-configuration.ts";
import { printable, styled, table } from "../../local/terminal.ts";
import { type AccessOptions, accessOf } from "../access.ts";
import { type LetterBox, openLetterBox } from "./letter-box.ts";
import { deployedFunction, localFunction, type PostOffice } from "./post-office.ts";
import { lettersIn, type ReplayOptions, replay, type Sent } from "./replay.ts";

export interface ReplaySettings extends Omit<ReplayOptions, "keep">, AccessOptions {
  bucket: string;
  function?: string;
  local?: boolean;
  dryRun?: boolean;
  keep?: boolean;
  json?: boolean;
}

/** How many letters there were of each kind. */
interface Sum {
  delivered: number;
  undelivered: number;
  /** Delivered, and still in the bucket. */
  undeleted: number;
}

/** What there was beside them. */
interface LeftOut {
  unreadable: number;
  /** Destinations of letters that were not asked for. */
  others: Set<string>;
}

/** @returns the exit code */
export async function replayLetters(settings: ReplaySettings): Promise<number> {
  const { bucket, function: functionId, local, dryRun = false, json } = settings;
  if (!dryRun && (functionId === undefined) === (local !== true)) {
    throw new Error(
      "say where to send the letters: either --function <ocid> or --local (or --dry-run, to send nothing)",
    );
  }
  const access = await accessOf(settings);
  const leftOut: LeftOut = { unreadable: 0, others: new Set() };
  const box = await openLetterBox({
    ...{ ...access, bucket },
    foreign: (name) =>
      console.error(printable(`${name} is no dead letter of the relay, and left alone: move it elsewhere`)),
    unreadable(where, problem) {
      leftOut.unreadable++;
      console.error(printable(`${where}: ${problem}, so it is not sent and stays there: mend it, or take it out`));
    },
  });
  const asked = { ...settings, onOther: (destination: string) => void leftOut.others.add(destination) };
  if (dryRun) {
    const letters = await tellOnly(box, asked);
    const { unreadable } = leftOut;
    if (!json && letters === 0) console.log(`${noneOf(settings, leftOut)}: there is nothing to send.`);
    await tellEnd(box, settings, { letters, unreadable });
    return unreadable === 0 ? 0 : 1;
  }
  const office =
    functionId === undefined ? localFunction(ownConfiguration()) : await deployedFunction(functionId, access);
  try {
    const sum = await sendAll(box, office, asked);
    const { unreadable } = leftOut;
    if (!json) console.log(inWords(sum, leftOut, settings));
    await tellEnd(box, settings, { ...sum, unreadable });
    return sum.undelivered + sum.undeleted + unreadable === 0 ? 0 : 1;
  } finally {
    await office.close();
  }
}

async function sendAll(box: LetterBox, office: PostOffice, settings: ReplaySettings): Promise<Sum> {
  const sum = { delivered: 0, undelivered: 0, undeleted: 0 };
  for await (const sent of replay(box, office, { ...settings, keep: settings.keep === true })) {
    if (sent.isDelivered) sum.delivered++;
    else sum.undelivered++;
    if (sent.undeleted !== undefined) sum.undeleted++;
    const number = sum.delivered + sum.undelivered;
    console.log(settings.json ? JSON.stringify(summaryOf(sent)) : told(sent, number, settings));
  }
  return sum;
}

function summaryOf({ object, letter, isDelivered, outcome, undeleted }: Sent): Record<string, unknown> {
  return { object, id: letter.id, destination: letter.destination, isDelivered, outcome, undeleted };
}

function told({ letter, isDelivered, outcome, undeleted }: Sent, number: number, settings: ReplaySettings): string {
  const { keep, bucket } = settings;
  const isDeleted = isDelivered && !keep;
  const done = undeleted !== undefined ? `, and still in ${bucket}: ${undeleted}` : isDeleted ? ", deleted" : "";
  const line = `${String(number).padStart(5)}  ${letter.id}  ${letter.destination}  ${outcome}${done}`;
  return styled(isDelivered && undeleted === undefined ? "green" : "red", printable(line));
}

function inWords({ delivered, undelivered, undeleted }: Sum, leftOut: LeftOut, settings: ReplaySettings): string {
  if (delivered + undelivered === 0) return `${noneOf(settings, leftOut)}: nothing was sent.`;
  const { unreadable } = leftOut;
  return [
    `${delivered} delivered${undeleted === 0 ? "" : `, ${undeleted} of them still in the bucket`}`,
    ...(undelivered === 0 ? [] : [`${undelivered} not, and still in the bucket`]),
    ...(unreadable === 0 ? [] : [`${unreadable} cannot be read, and still in the bucket`]),
  ]
    .join("; ")
    .concat(".");
}

function noneOf({ from, destination }: ReplaySettings, { unreadable, others }: LeftOut): string {
  const which = `${destination ? ` for ${destination}` : ""}${from ? ` since ${from}` : ""}`;
  const but = others.size === 0 ? "" : `, but for ${[...others].join(", ")}`;
  return printable(`There are no dead letters${which}${unreadable === 0 ? "" : " that can be read"}${but}`);
}

/** How many there are of each day and destination. @returns how many in all */
async function tellOnly(box: LetterBox, settings: ReplaySettings): Promise<number> {
  const counts = new Map<string, { day: string; destination: string; letters: number; reason: string }>();
  for await (const { object, letters } of lettersIn(box, settings)) {
    const day = object.name.split("/")[1] ?? "";
    for (const { destination, reason } of letters) {
      const key = `${day} ${destination}`;
      counts.set(key, { day, destination, letters: (counts.get(key)?.letters ?? 0) + 1, reason });
    }
  }
  const rows = [...counts.values()];
  if (settings.json) for (const row of rows) console.log(JSON.stringify(row));
  else if (rows.length > 0) {
    const cells = rows.map(({ day, destination, letters, reason }) => [
      day,
      printable(destination),
      String(letters),
      printable(reason),
    ]);
    console.log(table([["day", "destination", "letters", "why (the last one)"], ...cells]));
    console.log("\nNothing was sent: this is a dry run.");
  }
  return rows.reduce((sum, { letters }) => sum + letters, 0);
}

/** What else is in the bucket; with --json the numbers of all. */
async function tellEnd(
  box: LetterBox,
  { json, bucket }: ReplaySettings,
  sum: Readonly<Record<string, number>>,
): Promise<void> {
  const rejected = await box.countRejected();
  if (!rejected.ok) console.error(printable(`note: rejected input was not counted: ${rejected.problem}`));
  const count = rejected.ok ? rejected.value : undefined;
  if (json) console.log(JSON.stringify({ ...sum, rejected: count }));
  else if (count !== undefined && count > 0) {
    const objects = count === 1 ? "1 object" : `${count} objects`;
    console.log(
      `Beside them the bucket ${bucket} keeps ${objects} of rejected input under rejected/: no event, so not replayed.`,
    );
  }
}
