// In fifths, so that all is whole numbers, which cost V8 no memory: a slip, a gap's first letter, each further one.
const FIFTHS = 5;
const SLIP = 5;
const FIRST = 5;
const FURTHER = 1;
const MAX_LENGTH = 128;
const FAR = 10_000;

const rows = Array.from({ length: 3 }, () => new Int16Array(MAX_LENGTH + 1));
const missing = new Int16Array(MAX_LENGTH + 1);

/**
 * How many slips of the pen lie between two texts: Damerau-Levenshtein (a letter wrong, too many, missing, or two swapped
 * cost 1 each) with affine gaps (Gotoh 1982), so that a whole word too many or missing counts as little more than one slip.
 * @param atMost of what is further apart than that, it is only told that it is
 */
export function slips(a: string, b: string, atMost = FAR): number {
  if (a === b) return 0;
  if (a.length > MAX_LENGTH || b.length > MAX_LENGTH) return FAR;
  let [before, above, row] = rows as [Int16Array, Int16Array, Int16Array];
  const width = b.length + 1;
  const enough = (atMost + 1) * FIFTHS;
  missing.fill(FAR, 0, width);
  for (let j = 0; j < width; j++) above[j] = gap(j);
  for (let i = 1; i <= a.length; i++) {
    let extra = FAR;
    let left = gap(i);
    let least = left;
    row[0] = left;
    const letter = a.charCodeAt(i - 1);
    for (let j = 1; j < width; j++) {
      const isSame = letter === b.charCodeAt(j - 1);
      const less = Math.min((above[j] as number) + FIRST, (missing[j] as number) + FURTHER);
      missing[j] = less;
      extra = Math.min(left + FIRST, extra + FURTHER);
      left = Math.min((above[j - 1] as number) + (isSame ? 0 : SLIP), less, extra);
      if (!isSame && i > 1 && j > 1 && letter === b.charCodeAt(j - 2) && a.charCodeAt(i - 2) === b.charCodeAt(j - 1))
        left = Math.min(left, (before[j - 2] as number) + SLIP);
      row[j] = left;
      if (left < least) least = left;
    }
    if (least > enough) return FAR;
    [before, above, row] = [above, row, before];
  }
  return (above[b.length] as number) / FIFTHS;
}

function gap(letters: number): number {
  return letters === 0 ? 0 : FIRST + (letters - 1) * FURTHER;
}

/** What slips() comes to at least, by the lengths alone. */
export function leastSlips(a: string, b: string): number {
  return gap(Math.abs(a.length - b.length)) / FIFTHS;
}

/** Of a-z and 0-9, all that names are made of. */
const LETTERS = 37;

/** How alike texts are to one by their pairs of letters, 0 to 1, whatever the order of the words (Dice 1945). */
export function likenessOf(text: string): (other: string) => number {
  const left = new Uint8Array(LETTERS * LETTERS);
  for (let at = 1; at < text.length; at++) bump(left, pairAt(text, at), 1);
  const taken: number[] = [];
  return (other) => {
    for (let at = 1; at < other.length; at++) {
      const pair = pairAt(other, at);
      if (left[pair] === 0) continue;
      bump(left, pair, -1);
      taken.push(pair);
    }
    const likeness = (2 * taken.length) / Math.max(1, text.length + other.length - 2);
    for (const pair of taken) bump(left, pair, 1);
    taken.length = 0;
    return likeness;
  };
}

function bump(counts: Uint8Array, at: number, by: number): void {
  counts[at] = (counts[at] as number) + by;
}

function pairAt(text: string, at: number): number {
  return letterAt(text, at - 1) * LETTERS + letterAt(text, at);
}

function letterAt(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return code >= 97 && code <= 122 ? code - 97 : code >= 48 && code <= 57 ? code - 22 : LETTERS - 1;
}

/** True if one text becomes the other when two neighbouring pieces of it change places: instancelaunch, launchinstance. */
export function isSwapped(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  for (let start = 0; start === 0 || a[start - 1] === b[start - 1]; start++) {
    for (let end = a.length; end - start > 1 && (end === a.length || a[end] === b[end]); end--) {
      const piece = a.slice(start, end);
      if ((piece + piece).includes(b.slice(start, end))) return true;
    }
    if (start === a.length) break;
  }
  return false;
}
