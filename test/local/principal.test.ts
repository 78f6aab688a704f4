import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { createIssuer } from "../../local/emulator/principal.ts";

test("a user has a profile that names a key which the issuer knows, nobody else may read them, and they go", () => {
  const issuer = createIssuer();
  const { configFile, remove } = issuer.user();
  const keyFile = join(dirname(configFile), "private.pem");
  const [profile, ...lines] = readFileSync(configFile, "utf8").trimEnd().split("\n");
  const { user, fingerprint, tenancy, ...rest } = Object.fromEntries(lines.map((line) => line.split("=")));
  expect([profile, rest]).toEqual(["[DEFAULT]", { region: "us-phoenix-1", key_file: keyFile }]);
  expect(fingerprint).toMatch(/^([0-9a-f]{2}:){15}[0-9a-f]{2}$/);
  expect(issuer.publicKey(`${tenancy}/${user}/${fingerprint}`)?.type).toBe("public");
  expect(createIssuer().publicKey(`${tenancy}/${user}/${fingerprint}`)).toBeUndefined();
  expect([configFile, keyFile].map((file) => statSync(file).mode & 0o777)).toEqual([0o600, 0o600]);
  remove();
  expect(existsSync(dirname(configFile))).toBe(false);
});
