import { ownConfiguration } from "../local/own-configuration.ts";
import { printable, styled, table } from "../local/terminal.ts";
import { type Auth, identityOf } from "./identity.ts";
import { type LetterBox, openLetterBox } from "./letter-box.ts";
import { deployedFunction, localFunction, type PostOffice } from "./post-office.ts";
import { lettersIn, type ReplayOptions, replay, type Sent } from "./replay.ts";

export interface ReplayCommand extends Omit<ReplayOptions, "keep"> {
  bucket: string;
  function?: string;
  local?: boolean;
  dryRun?: boolean;
  keep?: boolean;
  json?: boolean;
  auth: Auth;
  configFile?: string;
  profile: string;
  region?: string;
  endpoint?: string;
}

/** @returns the exit code */
export async function replayCommand(command: ReplayCommand): Promise<number> {
  const isSending = command.dryRun !== true;
  if (isSending && (command.function === undefined) === (command.local !== true)) {
    throw new Error(
      "say where to send the letters: either --function <ocid> or --local (or --dry-run, to send nothing)",
    );
  }
  const identity = await identityOf(command);
  const access = { identity, ...onlySet({ endpoint: command.endpoint, region: command.region }) };
  const foreign = (name: string) =>
    console.error(printable(`${name} is no dead letter of the relay, and left alone: move it elsewhere`));
  const box = await openLetterBox({ bucket: command.bucket, foreign, ...access });
  if (!isSending) return tellOnly(box, command);
  const office =
    command.function === undefined
      ? localFunction(ownConfiguration())
      : await deployedFunction(command.function, access);
  try {
    return await sendAll(box, office, command);
  } finally {
    await office.close();
  }
}

async function sendAll(box: LetterBox, office: PostOffice, command: ReplayCommand): Promise<number> {
  let delivered = 0;
  let undelivered = 0;
  for await (const sent of replay(box, office, { ...command, keep: command.keep === true })) {
    if (sent.isDelivered) delivered++;
    else undelivered++;
    console.log(command.json ? JSON.stringify(summaryOf(sent)) : told(sent, delivered + undelivered, command));
  }
  if (command.json) console.log(JSON.stringify({ delivered, undelivered }));
  else console.log(inSum(delivered, undelivered, command));
  await tellRejected(box, command);
  return undelivered === 0 ? 0 : 1;
}

function summaryOf({ object, letter, isDelivered, outcome }: Sent): Record<string, unknown> {
  return { object, id: letter.id, destination: letter.destination, isDelivered, outcome };
}

function told({ letter, isDelivered, outcome }: Sent, number: number, { keep }: ReplayCommand): string {
  const done = keep ? outcome : `${outcome}, deleted`;
  const line = `${String(number).padStart(5)}  ${letter.id}  ${letter.destination}  ${isDelivered ? done : outcome}`;
  return styled(isDelivered ? "green" : "red", printable(line));
}

function inSum(delivered: number, undelivered: number, { from, destination }: ReplayCommand): string {
  if (delivered + undelivered === 0) {
    const which = `${destination ? ` for ${destination}` : ""}${from ? ` since ${from}` : ""}`;
    return `There are no dead letters${which}: nothing was sent.`;
  }
  const rest = undelivered === 0 ? "" : `; ${undelivered} not, and still in the bucket`;
  return `${delivered} delivered${rest}.`;
}

/** How many there are of each day and destination. */
async function tellOnly(box: LetterBox, command: ReplayCommand): Promise<number> {
  const counts = new Map<string, { day: string; destination: string; letters: number; reason: string }>();
  for await (const { object, letters } of lettersIn(box, command)) {
    const day = object.name.split("/")[1] ?? "";
    for (const { destination, reason } of letters) {
      const key = `${day} ${destination}`;
      counts.set(key, { day, destination, letters: (counts.get(key)?.letters ?? 0) + 1, reason });
    }
  }
  const rows = [...counts.values()];
  if (command.json) console.log(JSON.stringify(rows));
  else if (rows.length === 0) console.log(inSum(0, 0, command).replace("nothing was sent", "there is nothing to send"));
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
  await tellRejected(box, command);
  return 0;
}

async function tellRejected(box: LetterBox, { json, bucket }: ReplayCommand): Promise<void> {
  const count = await box.countRejected();
  if (json || count === 0) return;
  const objects = count === 1 ? "1 object" : `${count} objects`;
  console.log(
    `Beside them the bucket ${bucket} keeps ${objects} of rejected input under rejected/: no event, so not replayed.`,
  );
}

function onlySet<T extends object>(options: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as ReturnType<
    typeof onlySet<T>
  >;
}
