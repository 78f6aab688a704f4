import { stringifyJson } from "../../src/json.ts";
import type { LetterBox, LetterObject, ReplayableLetter } from "./letter-box.ts";
import type { PostOffice } from "./post-office.ts";

export interface ReplayOptions {
  from?: string;
  destination?: string;
  /** Delivered letters are left where they are. */
  keep: boolean;
}

/** What became of one letter. */
export interface Sent {
  object: string;
  letter: ReplayableLetter;
  isDelivered: boolean;
  /** The outcome that the function told, or why it told none. */
  outcome: string;
}

/** A reply names each of at most 100 items. */
const MAX_LETTERS = 100;
/** The function takes 6 MB. */
const MAX_BYTES = 4_000_000;

/** The letters that are asked for, object by object. */
export async function* lettersIn(
  box: LetterBox,
  { from, destination }: Pick<ReplayOptions, "from" | "destination">,
): AsyncIterable<{ object: LetterObject; letters: ReplayableLetter[] }> {
  for await (const name of box.names(from)) {
    const object = await box.open(name);
    const letters = object?.letters.filter((letter) => destination === undefined || letter.destination === destination);
    if (object !== undefined && letters !== undefined && letters.length > 0) yield { object, letters };
  }
}

/** Sends each letter once more; one that was delivered leaves the bucket as soon as the function has said so. */
export async function* replay(box: LetterBox, office: PostOffice, options: ReplayOptions): AsyncIterable<Sent> {
  for await (const { object, letters } of lettersIn(box, options)) {
    for (const parcel of parcelsOf(letters)) {
      const sent = await sendParcel(object.name, parcel, office);
      const delivered = new Set(sent.filter(({ isDelivered }) => isDelivered).map(({ letter }) => letter));
      if (!options.keep && delivered.size > 0) await box.takeOut(object, delivered);
      yield* sent;
    }
  }
}

function parcelsOf(letters: readonly ReplayableLetter[]): ReplayableLetter[][] {
  const parcels: ReplayableLetter[][] = [];
  let bytes = 0;
  for (const letter of letters) {
    const last = parcels.at(-1);
    const size = Buffer.byteLength(textOf(letter));
    if (last === undefined || last.length === MAX_LETTERS || bytes + size > MAX_BYTES) {
      parcels.push([letter]);
      bytes = size;
    } else {
      last.push(letter);
      bytes += size;
    }
  }
  return parcels;
}

/** As much of a letter as the function reads. */
function textOf({ value: { deadLetter, kept, hash, destination, event } }: ReplayableLetter): string {
  return stringifyJson({ deadLetter, kept, hash, destination, event });
}

/** One letter goes as it is, several as a batch. `duplicate`: it was delivered in the meantime. */
async function sendParcel(object: string, parcel: readonly ReplayableLetter[], office: PostOffice): Promise<Sent[]> {
  const texts = parcel.map(textOf);
  const answer = await office.send(parcel.length === 1 ? (texts[0] ?? "") : `[${texts.join(",")}]`);
  return parcel.map((letter, index) => {
    const told = !answer.ok ? undefined : parcel.length === 1 ? answer.reply : answer.reply.items?.[index];
    const outcome = answer.ok ? (told?.outcome ?? "not told") : answer.problem;
    const problem = told?.deliveries?.[0]?.problem ?? told?.problem;
    return {
      object,
      letter,
      isDelivered: told?.outcome === "delivered" || told?.outcome === "duplicate",
      outcome: problem === undefined ? outcome : `${outcome}: ${problem}`,
    };
  });
}
