import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { LOCAL_SECRET_KEY } from "../../local/rig.ts";
import { MARK } from "./secret.ts";

/** What stands in the secrets of the tests, and nowhere else: each long enough that no text holds it by chance. */
const IN_SECRETS = [
  ...[MARK, LOCAL_SECRET_KEY],
  // Of tests that write theirs out.
  ...["s3cret", "s3cr3t", "T0ken-text", "pa55word", "h3ader", "b34rer", "b0dy-pass", "k3y-in-the-query", "4pi-key"],
];

/** The beginnings of what no output may hold, whoever's it is: private keys, tokens of resource principals, OCI's signatures. */
const SECRET_FORMS = [
  "PRIVATE KEY-----",
  Buffer.from('{"alg":"RS256","kid":"local"}').toString("base64url"),
  'Signature version="1",keyId=',
];

export interface Leak {
  file: string;
  pattern: string;
  /** What stands around it. */
  excerpt: string;
}

/** Every place in a folder's files where a secret stands, plain or in the spellings that receivers and encoders give it. */
export function leaksIn(folder: string): { bytes: number; leaks: Leak[] } {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".txt"));
  let bytes = 0;
  const leaks = files.flatMap((file) => {
    const content = readFileSync(join(folder, file));
    bytes += content.byteLength;
    return leaksInText(content).map((leak) => ({ file, ...leak }));
  });
  return { bytes, leaks };
}

export function leaksInText(content: Buffer): Omit<Leak, "file">[] {
  return patterns().flatMap((pattern) => {
    const at = content.indexOf(pattern);
    if (at === -1) return [];
    const excerpt = content.subarray(Math.max(0, at - 200), at + 200).toString();
    return [{ pattern, excerpt }];
  });
}

function patterns(): string[] {
  return [...IN_SECRETS.flatMap(spellingsOf), ...SECRET_FORMS];
}

function formEncoded(text: string): string {
  return new URLSearchParams({ "": text }).toString().slice(1);
}

/** Shorter ones stand in any random text now and then. */
const MIN_SPELLING_CHARS = 8;

function spellingsOf(text: string): string[] {
  const bytes = Buffer.from(text);
  // Base64 of a text depends on where in a group of three bytes it begins; the characters at both ends depend on what is beside it.
  const base64 = [0, 1, 2].map((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString("base64")
      .replace(/=+$/, "");
    return encoded.slice(offset === 0 ? 0 : offset + 1, -1);
  });
  const others = [...base64, bytes.toString("hex"), encodeURIComponent(text), formEncoded(text)];
  return [text, ...others.filter((each) => each !== text && each.length >= MIN_SPELLING_CHARS)];
}

// npx tsx test/leaks/search.ts <folder>: for what the tests themselves have printed.
const [, script, folder] = process.argv;
if (script === fileURLToPath(import.meta.url) && folder !== undefined) {
  const { bytes, leaks } = leaksIn(folder);
  console.log(`searched ${(bytes / 1e6).toFixed(1)} MB for the tests' secrets: ${leaks.length} found`);
  for (const { file, pattern } of leaks) console.log(`${file}: ${pattern}`);
  process.exitCode = leaks.length === 0 ? 0 : 1;
}
