import { existsSync, readdirSync, readFileSync } from "node:fs";

const FIXTURES = new URL("../test/fixtures/", import.meta.url);
const GOLDENS = new URL("../test/golden/", import.meta.url);

/** What a receiver sees of a fixture, and what becomes of it. */
export interface Golden {
  outcome: string;
  problem?: string;
  /** X-Yunion-Event; absent where nothing is sent. */
  event?: string;
  title?: string;
  /** The message for a reader's eye; `body` has its exact bytes. */
  message?: unknown;
  /** The webhook's body, byte for byte. */
  body?: string;
}

export function fixtureNames(): string[] {
  return readdirSync(FIXTURES)
    .map((file) => file.replace(/\.json$/, ""))
    .sort();
}

export function fixture(name: string): Buffer {
  return readFileSync(new URL(`${name}.json`, FIXTURES));
}

export function goldenUrl(name: string): URL {
  return new URL(`${name}.json`, GOLDENS);
}

export function golden(name: string): Golden {
  const url = goldenUrl(name);
  if (!existsSync(url)) throw new Error(`test/golden/${name}.json is not there: npm run docs writes it`);
  return JSON.parse(readFileSync(url, "utf8"));
}
