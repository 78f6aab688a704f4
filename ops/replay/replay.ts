import { stringifyJson } from "../../src/json.ts";
import type { LetterBox } from "./letter-box.ts";
import type { LetterObject, ReplayableLetter } from "./letter-object.ts";
import type { PostOffice } from "./post-office.ts";

export interface ReplayOptions {
  from?: string;
  destination?: string;
  /** Is told of the destinations of letters that are not asked for. */
  onOther?: (destination: string) => void;
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
  /** Of one that is delivered, why it could not be taken out of its object. */
  undeleted?: string;
}

/** A reply names each of at most 100 items. */
const MAX_LETTERS = 100;
/** The function takes 6 MB. */
const MAX_BYTES = 4_000_000;

/** The letters that are asked for, object by object. */
export async function* lettersIn(
  box: LetterBox,
  { from, destination, onOther }: Pick<ReplayOptions, "from" | "destination" | "onOther">,
): AsyncIterable<{ object: LetterObject; letters: ReplayableLetter[] }> {
  for await (const name of box.names(from)) {
    const object = await box.open(name);
    if (object === undefined) continue;
    const readable = object.lines.flatMap(({ letter }) => (letter.ok ? [letter.value] : []));
    const isMeant = (letter: ReplayableLetter) => destination === undefined || letter.destination === destination;
    const letters = readable.filter(isMeant);
    for (const letter of readable) if (!isMeant(letter)) onOther?.(letter.destination);
    if (letters.length > 0) yield { object, letters };
  }
}

/** Sends each letter once more; one that was delivered leaves the bucket as soon as the function has said so. */
export async function* replay(box: LetterBox, office: PostOffice, options: ReplayOptions): AsyncIterable<Sent> {
  for await (const { object, letters } of lettersIn(box, options)) {
    // All of the object, so that what could not be taken out is tried again with the next parcel.
    const delivered = new Set<ReplayableLetter>();
    for (const parcel of parcelsOf(letters)) {
      // What another operator has had delivered meanwhile is not sent again.
      const there = new Set(object.lines.map(({ text }) => text));
      const sent = await sendParcel(
        parcel.filter(({ text }) => there.has(text)),
        office,
      );
      const isAnyDelivered = sent.some(({ isDelivered }) => isDelivered);
      for (const { letter, isDelivered } of sent) if (isDelivered) delivered.add(letter);
      const undeleted = isAnyDelivered && !options.keep ? await box.takeOut(object, delivered) : undefined;
      for (const each of sent) {
        const isLeft = each.isDelivered && undeleted !== undefined;
        yield { object: object.name, ...each, ...(isLeft && { undeleted }) };
      }
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
async function sendParcel(parcel: readonly ReplayableLetter[], office: PostOffice): Promise<Omit<Sent, "object">[]> {
  if (parcel.length === 0) return [];
  const texts = parcel.map(textOf);
  const answer = await office.send(parcel.length === 1 ? (texts[0] ?? "") : `[${texts.join(",")}]`);
  if (!answer.ok && answer.isHalfDone && parcel.length > 1) {
    // Some may be delivered: of those the function says so now, and they are not sent again with every replay.
    const sent: Omit<Sent, "object">[] = [];
    for (const letter of parcel) sent.push(...(await sendParcel([letter], office)));
    return sent;
  }
  return parcel.map((letter, index) => {
    const told = !answer.ok ? undefined : parcel.length === 1 ? answer.reply : answer.reply.items?.[index];
    const outcome = answer.ok ? (told?.outcome ?? "not told") : answer.problem;
    const problem = told?.deliveries?.[0]?.problem ?? told?.problem;
    return {
      letter,
      isDelivered: told?.outcome === "delivered" || told?.outcome === "duplicate",
      outcome: problem === undefined ? outcome : `${outcome}: ${problem}`,
    };
  });
}
