import { stockEntry } from "../local/stock.ts";

/** Before the test files run side by side: what they start is built. */
export default async function setup(): Promise<void> {
  await stockEntry();
}
