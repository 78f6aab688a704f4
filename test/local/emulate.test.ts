import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConfigFileAuthenticationDetailsProvider } from "oci-common";
import { EventsClient, type models } from "oci-events";
import { IdentityClient } from "oci-identity";
import { NotificationControlPlaneClient, NotificationDataPlaneClient } from "oci-ons";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { TENANCY } from "../../local/emulator/principal.ts";
import { fixture } from "../../local/fixtures.ts";
import { serveLoopback } from "../../local/loopback.ts";
import { endCommands, type Running, runCommand, startCommand } from "./command.ts";
import { oneTry } from "./sdk.ts";

let parent: string;
let folder: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), "emulate-"));
  folder = join(parent, "of the emulator");
});
afterEach(() => {
  endCommands();
  rmSync(parent, { recursive: true, force: true });
});

interface Start {
  kind: "start";
  url: string;
  tenancyId: string;
  compartmentId: string;
  configFile: string;
  region: string;
  homeRegion: string;
}

async function start(...args: string[]): Promise<{ running: Running; told: Start }> {
  const running = startCommand("emulate.ts", ["--port", "0", "--json", ...args]);
  await running.until(/\n/);
  return { running, told: linesOf(running)[0] as unknown as Start };
}

function linesOf(running: Running): Record<string, unknown>[] {
  const whole = running.printed().split("\n").slice(0, -1);
  return whole.map((line) => JSON.parse(line));
}

/** Those of a kind, less the time. */
function tellings(running: Running, kind: string): Record<string, unknown>[] {
  return linesOf(running)
    .filter((line) => line.kind === kind)
    .map(({ time: _, ...line }) => line);
}

function clientsOf({ url, configFile }: Start) {
  const auth = { authenticationDetailsProvider: new ConfigFileAuthenticationDetailsProvider(configFile) };
  const clients = {
    identity: new IdentityClient(auth, oneTry()),
    events: new EventsClient(auth, oneTry()),
    topics: new NotificationControlPlaneClient(auth, oneTry()),
    subscriptions: new NotificationDataPlaneClient(auth, oneTry()),
  };
  for (const client of Object.values(clients)) client.endpoint = url;
  return {
    ...clients,
    close() {
      for (const client of Object.values(clients)) client.close();
    },
  };
}

async function ended({ signal, exitCode }: Running): Promise<number | null> {
  signal("SIGINT");
  return exitCode;
}

describe("npm run emulator", () => {
  test("tells scripts of its start, and of each request, event and mail", async () => {
    const { running, told } = await start("--region", "us-ashburn-1", "--home-region", "us-phoenix-1");
    expect(told).toEqual({
      kind: "start",
      url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      tenancyId: TENANCY,
      compartmentId: expect.stringMatching(/^ocid1\.compartment\.oc1\.\.\w+$/),
      configFile: expect.stringMatching(/\/config$/),
      region: "us-ashburn-1",
      homeRegion: "us-phoenix-1",
    });
    const { topics, subscriptions, events, close } = clientsOf(told);
    const { compartmentId } = told;
    const { notificationTopic } = await topics.createTopic({ createTopicDetails: { name: "ops", compartmentId } });
    const { topicId } = notificationTopic;
    const action: models.CreateNotificationServiceActionDetails = { actionType: "ONS", topicId, isEnabled: true };
    const rule = { displayName: "all", compartmentId: TENANCY, isEnabled: true, condition: "{}" };
    const createRuleDetails = { ...rule, actions: { actions: [action] } };
    const ruleId = (await events.createRule({ createRuleDetails })).rule.id;
    const details = { topicId, compartmentId, protocol: "EMAIL", endpoint: "me@example.com" };
    const { subscription } = await subscriptions.createSubscription({ createSubscriptionDetails: details });
    await running.until(/"kind":"mail"/);
    const [mail] = tellings(running, "mail");
    const confirmationUrl = String(mail?.confirmationUrl);
    expect(mail).toEqual({
      kind: "mail",
      protocol: "EMAIL",
      to: "me@example.com",
      subject: "Oracle Notification Service Subscription Confirmation",
      topicId,
      confirmationUrl: expect.stringContaining(`/20181201/subscriptions/${subscription.id}/confirmation?token=`),
    });
    expect((await fetch(confirmationUrl)).status).toBe(200);
    const event = fixture("bucket-created");
    await fetch(`${told.url}/emulator/events`, { method: "POST", body: event.toString() });
    await fetch(`${told.url}/nowhere/\u202e`);
    await running.until(/nowhere/);
    const { eventType, eventID, data } = JSON.parse(event.toString());
    const outcome = { actionType: "ONS", targetId: topicId, outcome: "delivered", attempts: 1, status: 202 };
    expect(tellings(running, "event").at(-1)).toEqual({
      kind: "event",
      ...{ eventType, eventID, compartmentId: data.compartmentId },
      rules: [{ ruleId, displayName: "all", actions: [outcome] }],
    });
    const caller = expect.stringMatching(/^ocid1\.user\./);
    const confirmation = `/20181201/subscriptions/${subscription.id}/confirmation?token=…&protocol=EMAIL`;
    expect(tellings(running, "request")).toEqual([
      { kind: "request", method: "POST", path: "/20181201/topics", status: 201, caller },
      { kind: "request", method: "POST", path: "/20181201/rules", status: 200, caller },
      { kind: "request", method: "POST", path: "/20181201/subscriptions", status: 202, caller },
      { kind: "request", method: "GET", path: confirmation, status: 200, caller: null },
      { kind: "request", method: "POST", path: "/emulator/events", status: 200, caller: null },
      { kind: "request", method: "GET", path: "/nowhere/%E2%80%AE", status: 404, code: "NotFound", caller: null },
    ]);
    close();
    expect([await ended(running), existsSync(told.configFile)]).toEqual([0, false]);
  });

  test("keeps its identity, its compartment and what was made in a folder, also in one that was moved", async () => {
    const first = await start("--folder", folder);
    const { configFile, compartmentId } = first.told;
    expect([configFile, statSync(configFile).mode & 0o777]).toEqual([join(folder, "config"), 0o600]);
    const before = clientsOf(first.told);
    await before.topics.createTopic({ createTopicDetails: { name: "kept", compartmentId } });
    before.close();
    expect(await ended(first.running)).toBe(0);
    const mine = "\n[MINE]\nregion=eu-frankfurt-1\n";
    writeFileSync(configFile, readFileSync(configFile, "utf8") + mine);

    const moved = join(parent, "moved");
    renameSync(folder, moved);
    const second = await start("--folder", moved, "--region", "us-ashburn-1");
    expect(second.told).toEqual({
      ...first.told,
      url: second.told.url,
      configFile: join(moved, "config"),
      ...{ region: "us-ashburn-1", homeRegion: "us-ashburn-1" },
    });
    const text = readFileSync(second.told.configFile, "utf8");
    expect([text.endsWith(mine), text.includes("region=us-ashburn-1"), text.includes(folder)]).toEqual([
      true,
      true,
      false,
    ]);
    const after = clientsOf(second.told);
    const [topics, compartments] = await Promise.all([
      after.topics.listTopics({ compartmentId }),
      after.identity.listCompartments({ compartmentId: TENANCY }),
    ]);
    after.close();
    expect([topics.items.map(({ name }) => name), compartments.items.map(({ name }) => name)]).toEqual([
      ["kept"],
      ["local"],
    ]);
    expect(await ended(second.running)).toBe(0);
  });

  test("tells people how to reach it and what happens, with nothing in it that a terminal would obey", async () => {
    const running = startCommand("emulate.ts", ["--port", "0", "--folder", folder]);
    const [, url] = await running.until(/A local Oracle Cloud at (\S+), region us-phoenix-1\n/);
    const [start] = await running.until(/.*What happens from here on:\n/s);
    for (const line of [
      `export OCI_ENDPOINT_URL=${url}`,
      "export RELAY_COMPARTMENT=ocid1.compartment.",
      `npm run relay -- provision apply --config-file '${folder}/config' --image oci-event-relay --subnet ocid1.subnet.oc1.phx.local --subscribe EMAIL=you@example.com\n`,
      `npm run relay -- verify --config-file '${folder}/config'`,
      "npm run emit -- instance-launched",
      `oci --endpoint ${url} --config-file '${folder}/config' events rule list`,
    ]) {
      expect(start).toContain(line);
    }
    const event = { ...JSON.parse(fixture("user-created").toString()), eventID: "\u001b[2Jone" };
    await fetch(`${url}/emulator/events`, { method: "POST", body: JSON.stringify(event) });
    await running.until(/POST \/emulator\/events/);
    const told = running
      .printed()
      .slice(start.length)
      .replaceAll(/\d\d:\d\d:\d\d/g, "time");
    expect(told.trim().split("\n")).toEqual([
      "time  event   com.oraclecloud.identitycontrolplane.createuser  \\u001b[2Jone",
      "            no rule matched",
      "time  request POST /emulator/events  200  not signed",
    ]);
    running.signal("SIGTERM");
    expect([await running.exitCode, await running.stderr]).toEqual([0, ""]);
  });

  test("says which other port to try when one is taken", async () => {
    const taken = await serveLoopback(() => ({ status: 200 }));
    try {
      const { port } = new URL(taken.url);
      expect(await runCommand("emulate.ts", ["--port", port])).toEqual({
        code: 1,
        out: "",
        err: `Cannot listen on 127.0.0.1:${port}: something else does. End it, or choose another port with --port; 0 takes any that is free.\n`,
      });
    } finally {
      await taken.close();
    }
  });

  test("does not share its folder with another that runs; one that was killed leaves it free", async () => {
    const first = await start("--folder", folder);
    const refused = await runCommand("emulate.ts", ["--port", "0", "--folder", folder]);
    expect([refused.code, refused.err]).toEqual([
      1,
      expect.stringMatching(/^--folder .*: cannot be used: an emulator already runs on it, process \d+: end that one/),
    ]);
    first.running.signal("SIGKILL");
    await first.running.exitCode;
    const second = await start("--folder", folder);
    second.running.signal("SIGTERM");
    await second.running.exitCode;
    expect(existsSync(join(folder, "emulator.pid"))).toBe(false);
  });

  test("says so when the folder is none of its own", async () => {
    writeFileSync(folder, "a file");
    const { code, err } = await runCommand("emulate.ts", ["--port", "0", "--folder", folder]);
    expect([code, err]).toEqual([1, expect.stringMatching(/^--folder .*: cannot be used: E\w+/)]);
  });

  test.each([
    [["--help"], 0, "Usage: npm run --silent emulator -- [options]\n", ""],
    [["--port", "x"], 2, "", '--port: a whole number from 0 (any free one) to 65535, got "x"'],
    [["--region", "mars"], 2, "", '--region: a region of OCI such as us-phoenix-1, got "mars"'],
    [["--home-region", "mars"], 2, "", '--home-region: a region of OCI such as us-phoenix-1, got "mars"'],
    [["--folder", ""], 2, "", "--folder: the path of a folder, got nothing"],
    [["--loud"], 2, "", "Unknown option '--loud'"],
    [["what"], 2, "", "Unexpected argument 'what'"],
  ])("answers %j", async (args, exitCode, stdout, stderr) => {
    const { code, out, err } = await runCommand("emulate.ts", args);
    expect([code, out.startsWith(stdout), err.startsWith(stderr)]).toEqual([exitCode, true, true]);
  });
});
