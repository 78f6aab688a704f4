import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { changed, later, withOtherByte } from "./cases.ts";
import { folderWith } from "./receiver.ts";
import { SECRET_KEY, SECRETS, signedRequest, type Whole } from "./request.ts";

export const BY_HAND = { "verify.sh": "verify.sh" };

const old = signedRequest({ ageS: 360 });

/** Of the real request: what is verified, with which variables changed -> what verify.sh says. */
export const CASES_BY_HAND: [string, (real: Whole) => Whole, Record<string, string>, string][] = [
  ["finds valid what the relay has sent", (real) => real, {}, "valid"],
  ["knows the old secret's signature", (real) => real, { SIGNING_SECRET: SECRETS.old }, "valid"],
  ["finds valid what came earlier, if told when", () => old, { NOW: old.headers["webhook-timestamp"] ?? "" }, "valid"],
  ["refuses what was signed six minutes ago", () => old, {}, "refused: timestamp"],
  ["refuses what is signed for in six minutes", () => signedRequest({ ageS: -360 }), {}, "refused: timestamp"],
  [
    "refuses a timestamp that a shell would run",
    (real) => changed(real, { "webhook-timestamp": "a[$(echo 1 >&2)]" }),
    {},
    "refused: no timestamp",
  ],
  ["refuses another byte", withOtherByte, {}, "refused: webhook-signature"],
  ["refuses another id", (real) => changed(real, { "webhook-id": "6f1d" }), {}, "refused: webhook-signature"],
  [
    "refuses another timestamp",
    (real) => changed(real, { "webhook-timestamp": later(real, 1) }),
    {},
    "refused: webhook-signature",
  ],
  ["refuses another secret", (real) => real, { SIGNING_SECRET: SECRETS.another }, "refused: webhook-signature"],
  ["refuses another key", (real) => real, { SECRET_KEY: "another" }, "refused: X-Auth-Token"],
];

export async function saidByHand({ headers, body }: Whole, env: Record<string, string>): Promise<string> {
  const folder = folderWith(BY_HAND);
  await writeFile(join(folder.path, "body.json"), body);
  const told = {
    PATH: process.env.PATH ?? "",
    WEBHOOK_ID: headers["webhook-id"] ?? "",
    WEBHOOK_TIMESTAMP: headers["webhook-timestamp"] ?? "",
    WEBHOOK_SIGNATURE: headers["webhook-signature"] ?? "",
    X_AUTH_TOKEN: headers["x-auth-token"] ?? "",
    SIGNING_SECRET: SECRETS.new,
    SECRET_KEY,
    ...env,
  };
  const said = await new Promise<string>((resolve) => {
    execFile("sh", ["verify.sh", "body.json"], { cwd: folder.path, env: told }, (_, stdout, stderr) =>
      resolve(stdout + stderr),
    );
  });
  folder.remove();
  return said;
}
