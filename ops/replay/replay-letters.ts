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

/** @returns the exit code */
export async function replayLetters(settings: ReplaySettings): Promise<number> {
  const isSending = settings.dryRun !== true;
  if (isSending && (settings.function === undefined) === (settings.local !== true)) {
    throw new Error(
      "say where to send the letters: either --function <ocid> or --local (or --dry-run, to send nothing)",
    );
  }
  const access = await accessOf(settings);
  const foreign = (name: string) =>
    console.error(printable(`${name} is no dead letter of the relay, and left alone: move it elsewhere`));
  const box = await openLetterBox({ bucket: settings.bucket, foreign, ...access });
  if (!isSending) return tellOnly(box, settings);
  const office =
    settings.function === undefined
      ? localFunction(ownConfiguration())
      : await deployedFunction(settings.function, access);
  try {
    return await sendAll(box, office, settings);
  } finally {
    await office.close();
  }
}

async function sendAll(box: LetterBox, office: PostOffice, settings: ReplaySettings): Promise<number> {
  let delivered = 0;
  let undelivered = 0;
  for await (const sent of replay(box, office, { ...settings, keep: settings.keep === true })) {
    if (sent.isDelivered) delivered++;
    else undelivered++;
    console.log(settings.json ? JSON.stringify(summaryOf(sent)) : told(sent, delivered + undelivered, settings));
  }
  if (settings.json) console.log(JSON.stringify({ delivered, undelivered }));
  else console.log(inSum(delivered, undelivered, settings));
  await tellRejected(box, settings);
  return undelivered === 0 ? 0 : 1;
}

function summaryOf({ object, letter, isDelivered, outcome }: Sent): Record<string, unknown> {
  return { object, id: letter.id, destination: letter.destination, isDelivered, outcome };
}

function told({ letter, isDelivered, outcome }: Sent, number: number, { keep }: ReplaySettings): string {
  const done = keep ? outcome : `${outcome}, deleted`;
  const line = `${String(number).padStart(5)}  ${letter.id}  ${letter.destination}  ${isDelivered ? done : outcome}`;
  return styled(isDelivered ? "green" : "red", printable(line));
}

function inSum(delivered: number, undelivered: number, { from, destination }: ReplaySettings): string {
  if (delivered + undelivered === 0) {
    const which = `${destination ? ` for ${destination}` : ""}${from ? ` since ${from}` : ""}`;
    return `There are no dead letters${which}: nothing was sent.`;
  }
  const rest = undelivered === 0 ? "" : `; ${undelivered} not, and still in the bucket`;
  return `${delivered} delivered${rest}.`;
}

/** How many there are of each day and destination. */
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
  if (settings.json) console.log(JSON.stringify(rows));
  else if (rows.length === 0)
    console.log(inSum(0, 0, settings).replace("nothing was sent", "there is nothing to send"));
  else {
    const cells = rows.map(({ day, destination, letters, reason }) => [
      day,
      printable(destination),
      String(letters),
      printable(reason),
    ]);
    console.log(table([["day", "destination", "letters", "why (the last one)"], ...cells]));
    console.log("\nNothing was sent: this is a dry run.");
  }
  await tellRejected(box, settings);
  return 0;
}

async function tellRejected(box: LetterBox, { json, bucket }: ReplaySettings): Promise<void> {
  const count = await box.countRejected();
  if (json || count === 0) return;
  const objects = count === 1 ? "1 object" : `${count} objects`;
  console.log(
    `Beside them the bucket ${bucket} keeps ${objects} of rejected input under rejected/: no event, so not replayed.`,
  );
}
