import { existsSync, readFileSync } from "node:fs";
import { execute } from "./execute.ts";

const SETTINGS = ["registry", "proxy", "https-proxy", "noproxy", "strict-ssl", "replace-registry-host"];
const ASK_TIMEOUT_MS = 20_000;

/**
 * How this machine's npm reaches its registry, for an npm elsewhere: no token of anybody is among it.
 * @returns the lines of an npmrc, and PEM of the certificates that npm here trusts beside Node's own
 */
export async function registryAccess(): Promise<{ npmrc: string; certificates: string }> {
  const got = await execute(["npm", "config", "get", ...SETTINGS], { timeoutMs: ASK_TIMEOUT_MS });
  const isSet = (line: string) => !/=\s*(null|undefined)?$/.test(line);
  const cafile = (await execute(["npm", "config", "get", "cafile"], { timeoutMs: ASK_TIMEOUT_MS })).trim();
  const files = new Set([cafile, process.env.NODE_EXTRA_CA_CERTS ?? ""].filter((file) => existsSync(file)));
  return {
    npmrc: `${got.trim().split("\n").filter(isSet).join("\n")}\nupdate-notifier=false\n`,
    certificates: [...files].map((file) => readFileSync(file, "utf8")).join("\n"),
  };
}
