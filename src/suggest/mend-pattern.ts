/**
 * The pattern with the fewest letters changed that matches a text, and how many those are: Levenshtein's table, in which what
 * `*` stands for costs nothing.
 */
export function mendedPattern(pattern: string, text: string): { pattern: string; slips: number } {
  const table: Float64Array[] = [Float64Array.from({ length: text.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= pattern.length; i++) {
    const above = table[i - 1] as Float64Array;
    const row = new Float64Array(text.length + 1);
    const letter = pattern[i - 1];
    for (let j = 0; j <= text.length; j++) {
      const left = j === 0 ? Number.POSITIVE_INFINITY : (row[j - 1] as number);
      const slant = j === 0 ? Number.POSITIVE_INFINITY : (above[j - 1] as number);
      row[j] =
        letter === "*"
          ? Math.min(above[j] as number, left)
          : Math.min((above[j] as number) + 1, left + 1, slant + (letter === text[j - 1] ? 0 : 1));
    }
    table.push(row);
  }
  return { pattern: traced(pattern, text, table), slips: table.at(-1)?.[text.length] as number };
}

/** Back through the table, the way that its numbers came about. */
function traced(pattern: string, text: string, table: readonly Float64Array[]): string {
  const at = (i: number, j: number) => table[i]?.[j] ?? Number.POSITIVE_INFINITY;
  let mended = "";
  for (let [i, j] = [pattern.length, text.length]; i > 0 || j > 0; ) {
    const cost = at(i, j);
    const isStar = pattern[i - 1] === "*";
    if (isStar && at(i - 1, j) === cost) mended = `*${mended}`;
    else if (!isStar && at(i - 1, j - 1) + (pattern[i - 1] === text[j - 1] ? 0 : 1) === cost) {
      mended = text[--j] + mended;
    } else if (isStar || at(i, j - 1) + 1 === cost) {
      if (!isStar) mended = text[j - 1] + mended;
      j--;
      continue;
    }
    i--;
  }
  return mended;
}
