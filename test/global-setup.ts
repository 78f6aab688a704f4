import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stockEntry } from "../local/stock.ts";
import { leaksIn } from "./leaks/search.ts";
import { toolEntry } from "./ops/tool.ts";

/** In CI all tests run: less output than this would mean that it is no longer written down. */
const MIN_BYTES_IN_CI = 1_000_000;

/** Before the test files run side by side: what they start is built, and what comes out of it will be written down. */
export default async function setup(): Promise<() => void> {
  const transcript = mkdtempSync(join(tmpdir(), "transcript-"));
  process.env.RELAY_TRANSCRIPT = transcript;
  await stockEntry();
  await toolEntry();
  return () => {
    try {
      searchForSecrets(transcript);
    } finally {
      rmSync(transcript, { recursive: true, force: true });
    }
  };
}

/** After the last test: none of the secrets that the tests used has come out anywhere. */
function searchForSecrets(transcript: string): void {
  const { bytes, leaks } = leaksIn(transcript);
  const searched = `all that the functions put out, ${(bytes / 1e6).toFixed(1)} MB, was searched for the tests' secrets`;
  const found = leaks.map(({ file, pattern, excerpt }) => `${file}: ${pattern}\n  … ${excerpt} …`).join("\n");
  if (leaks.length > 0) throw new Error(`${searched}, and there are some:\n${found}`);
  if (process.env.CI && bytes < MIN_BYTES_IN_CI) throw new Error(`${searched}: that is too little to be all`);
  console.log(`${searched}: none is in it`);
}
