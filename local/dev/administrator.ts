import { copyFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ApiKeyUser, Issuer } from "../emulator/principal.ts";

/**
 * A configuration file for SDK, CLI and `relay`, profile DEFAULT, with an API key of an administrator of the local tenancy.
 * In a folder it is made once: whoever has noted its path can go on using it after a restart, other profiles in it included.
 *
 * @param folder is there; undefined: a private directory, gone at the end
 */
export function administrator(
  issuer: Issuer,
  { folder, region }: { folder?: string | undefined; region: string },
): ApiKeyUser {
  if (folder === undefined) return issuer.user();
  const configFile = join(folder, "config");
  const keyFile = join(folder, "administrator.pem");
  const kept = existsSync(configFile) && existsSync(keyFile) ? readFileSync(configFile, "utf8") : undefined;
  if (kept !== undefined && issuer.callerOf(keyIdIn(kept)) !== undefined) {
    // The folder may have been moved, and the region chosen anew.
    writeChanged(configFile, kept, withValues(kept, { key_file: keyFile, region }));
    return { configFile, remove: () => undefined };
  }
  const made = issuer.user();
  const text = readFileSync(made.configFile, "utf8");
  copyFileSync(valueIn(text, "key_file"), keyFile);
  writeFileSync(configFile, withValues(text, { key_file: keyFile }), { mode: 0o600 });
  made.remove();
  return { configFile, remove: () => undefined };
}

function keyIdIn(text: string): string {
  return ["tenancy", "user", "fingerprint"].map((name) => valueIn(text, name)).join("/");
}

/** The first of that name is that of DEFAULT, which we wrote at the top. */
function valueIn(text: string, name: string): string {
  return new RegExp(`^${name}\\s*=\\s*(.*?)\\s*$`, "m").exec(text)?.[1] ?? "";
}

function withValues(text: string, values: Record<string, string>): string {
  return Object.entries(values).reduce(
    (changed, [name, value]) => changed.replace(new RegExp(`^${name}\\s*=.*$`, "m"), () => `${name}=${value}`),
    text,
  );
}

function writeChanged(path: string, before: string, after: string): void {
  if (after !== before) writeFileSync(path, after, { mode: 0o600 });
}
