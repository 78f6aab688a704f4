import { fileURLToPath } from "node:url";

/**
 * Configuration by which names mean what a test wants, in the function's own process: only the answers of DNS are made up.
 * @param answers name -> what the nth question gets; the last one stays
 */
export function dnsAnswers(answers: Record<string, string[][]>): Record<string, string> {
  const preload = fileURLToPath(new URL("answers.cjs", import.meta.url));
  return { NODE_OPTIONS: `--require=${preload}`, TEST_DNS: JSON.stringify(answers) };
}
