import { slips } from "../src/suggest/distance.ts";

/** Of a longer name more letters may be wrong. */
const LETTERS_A_SLIP = 3;

/** A clause that names what was perhaps meant; without anything near, all that there is. */
export function nearName(wanted: string, names: readonly string[]): string {
  const near = names
    .map((name) => ({ name, cost: slips(wanted, name) }))
    .filter(({ name, cost }) => cost <= Math.max(1, name.length / LETTERS_A_SLIP))
    .sort((a, b) => a.cost - b.cost)[0];
  return near === undefined ? `there are ${names.join(", ")}` : `did you mean ${near.name}?`;
}
