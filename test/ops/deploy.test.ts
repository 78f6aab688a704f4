import { execFile } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { COMPARTMENT, type Installation, ownedIn, startInstallation } from "./installation.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const readme = readFileSync(join(ROOT, "README.md"), "utf8");

let installation: Installation;
let home: string;
beforeAll(async () => {
  installation = await startInstallation({ isDeployed: false });
  home = mkdtempSync(join(tmpdir(), "deploy-"));
  mkdirSync(join(home, ".oci"));
  mkdirSync(join(home, "bin"));
  copyFileSync(installation.user.configFile, join(home, ".oci", "config"));
  const standIn = fileURLToPath(new URL("fn-stand-in.ts", import.meta.url));
  writeFileSync(join(home, "bin", "fn"), `#!/bin/sh\nexec "${process.execPath}" --import tsx "${standIn}" "$@"\n`);
  chmodSync(join(home, "bin", "fn"), 0o755);
});
afterAll(async () => {
  await installation.close();
  rmSync(home, { recursive: true });
});

/** README's commands as they stand, but for what is of the reader's own. */
function commandsOf(section: string): string[] {
  const text = new RegExp(`<!-- ${section} -->(.*?)<!-- /${section} -->`, "s").exec(readme)?.[1] ?? "";
  return [...text.matchAll(/```sh\n(.*?)```/gs)].map(([, commands = ""]) =>
    commands
      .replaceAll("<subnet ocid>", "ocid1.subnet.oc1.phx.aaaaaaaaexample")
      .replaceAll("<compartment ocid>", COMPARTMENT)
      .replaceAll("https://cmdb.example.com/hook", `${installation.sink.url}/hook`),
  );
}

function bash(script: string): Promise<{ code: number | null; out: string; err: string }> {
  return new Promise((resolve) => {
    const child = execFile(
      "bash",
      ["--norc", "-eo", "pipefail", "-c", script],
      {
        cwd: ROOT,
        timeout: 120_000,
        env: {
          PATH: `${join(home, "bin")}:${process.env.PATH}`,
          HOME: home,
          OCI_ENDPOINT_URL: installation.local.url,
          FN_COMPARTMENT: COMPARTMENT,
        },
      },
      (_, out, err) => resolve({ code: child.exitCode, out, err }),
    );
  });
}

test("README's deploy section, followed as it stands with the emulator in the place of OCI, works", {
  timeout: 240_000,
}, async () => {
  const [deploy = "", provision = "", verify = ""] = commandsOf("deploy");
  const [deployed, key] = [await bash(deploy), await bash(`${provision}\nprintf '\\n%s' "$WEBHOOK_SECRET_KEY"`)];
  expect([deployed.code, deployed.err]).toEqual([0, ""]);
  expect([key.code, key.out]).toEqual([
    0,
    expect.stringContaining("Still to do: EMAIL ops@example.com has to confirm its subscription"),
  ]);
  expect(ownedIn(installation.local)).toMatchObject({ topics: ["relay"], rules: ["relay", "relay-identity"] });
  // The receiver was told the key that the function signs with.
  const secretKey = key.out.split("\n").at(-1);
  expect(key.out).toContain(`for your receiver: ${secretKey}, or as Standard Webhooks writes it whsec_`);
  installation.sink.secretKey = secretKey;

  const [mail] = installation.local.notifications.outbox;
  expect((await fetch(String(confirmationIn(JSON.stringify(mail))))).status).toBe(200);
  const verified = await bash(verify);
  expect([verified.code, verified.out]).toEqual([
    0,
    expect.stringMatching(/ok {7}from the bus to the receivers: the bucket relay-verify-/),
  ]);
  expect(verified.out).not.toContain("failed");
});

function confirmationIn(text: string): string | undefined {
  return /http:\/\/127\.0\.0\.1:\d+\/\S*?confirmation\?[^\s"\\]+/.exec(text)?.[0];
}

test("without the function it says how to make one", async () => {
  const fresh = await startInstallation({ isDeployed: false });
  const { code, out } = await fresh.at(["provision", "plan"]);
  await fresh.close();
  expect([code, out]).toEqual([
    1,
    expect.stringContaining("fn create app relay --annotation oracle.com/oci/subnetIds="),
  ]);
});
