import { EventsClient, type models } from "oci-events";
import { FunctionsManagementClient } from "oci-functions";
import { NotificationControlPlaneClient } from "oci-ons";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { TENANCY } from "../../local/emulator/principal.ts";
import { type LocalCloud, startCloud } from "../../local/emulator/start-cloud.ts";
import { fixture } from "../../local/fixtures.ts";
import { serveLoopback } from "../../local/loopback.ts";
import { stockEntry } from "../../local/stock.ts";
import { endCommands, runCommand } from "./command.ts";
import { apiKeyUser, oneTry } from "./sdk.ts";

const LAUNCHED = "com.oraclecloud.computeapi.launchinstance.end";
const NO_TOPIC = "ocid1.onstopic.oc1.phx.aaaaaaaanotthere";

let cloud: LocalCloud;
let rules: EventsClient;
let topicId: string;
let auth: { authenticationDetailsProvider: ReturnType<typeof apiKeyUser> };
beforeAll(async () => {
  const entry = await stockEntry();
  cloud = await startCloud({ entryOf: () => entry });
  auth = { authenticationDetailsProvider: apiKeyUser(cloud.issuer.user()) };
  rules = new EventsClient(auth, oneTry());
  const topics = new NotificationControlPlaneClient(auth, oneTry());
  rules.endpoint = topics.endpoint = cloud.url;
  const createTopicDetails = { name: "heard", compartmentId: TENANCY };
  topicId = (await topics.createTopic({ createTopicDetails })).notificationTopic.topicId;
  topics.close();
});
afterAll(async () => {
  rules.close();
  await cloud.close();
});
beforeEach(() => cloud.cloud.store.collection("rules").clear());
afterEach(endCommands);

type Action = models.CreateNotificationServiceActionDetails | models.CreateFaaSActionDetails;

function ruleTo(target: string | Action, condition: object = {}) {
  const action: Action = typeof target === "string" ? { actionType: "ONS", topicId: target, isEnabled: true } : target;
  const details = { displayName: "hears", compartmentId: TENANCY, isEnabled: true };
  const createRuleDetails = { ...details, condition: JSON.stringify(condition), actions: { actions: [action] } };
  return rules.createRule({ createRuleDetails });
}

/** A rule that calls the stock relay with this configuration. */
async function ruleToRelay(config: Record<string, string>): Promise<void> {
  const functions = new FunctionsManagementClient(auth, oneTry());
  functions.endpoint = cloud.url;
  const createApplicationDetails = { compartmentId: TENANCY, displayName: "a", subnetIds: ["ocid1.subnet.oc1.phx.a"] };
  const { application } = await functions.createApplication({ createApplicationDetails });
  const image = "phx.ocir.io/a/oci-event-relay:1";
  const { function: made } = await functions.createFunction({
    createFunctionDetails: { applicationId: application.id, displayName: "f", image, memoryInMBs: 128, config },
  });
  functions.close();
  await ruleTo({ actionType: "FAAS", functionId: made.id, isEnabled: true } as Action);
}

const emit = (args: readonly string[], options: Parameters<typeof runCommand>[2] = {}) =>
  runCommand("emit.ts", ["--emulator", cloud.url, ...args], options);

describe("npm run emit", () => {
  test("puts a fixture on the bus as a new event, and tells which rule delivered it", async () => {
    await ruleTo(topicId, { eventType: LAUNCHED });
    const { code, out, err } = await emit(["instance-launched"]);
    const emitted = cloud.events.log.at(-1);
    expect({ code, err, out }).toEqual({
      code: 0,
      err: "",
      out: `${LAUNCHED}  ${emitted?.eventID}\n  rule hears: ONS ocid1.onstopic.…${topicId.slice(-6)} delivered, answered 202\n`,
    });
    expect(emitted?.eventID).not.toBe(JSON.parse(fixture("instance-launched").toString()).eventID);
  });

  test("with --same leaves an event as it is, and with --json prints what the emulator answers", async () => {
    const ruleId = (await ruleTo(topicId, {})).rule.id;
    const input = fixture("user-created");
    const { code, out } = await emit(["-", "--same", "--json"], { input });
    const { eventID, eventType, data } = JSON.parse(input.toString());
    const action = { actionType: "ONS", targetId: topicId, outcome: "delivered", attempts: 1, status: 202 };
    expect({ code, emitted: JSON.parse(out) }).toEqual({
      code: 0,
      emitted: {
        ...{ eventID, eventType, compartmentId: data.compartmentId },
        rules: [{ ruleId, displayName: "hears", actions: [action] }],
      },
    });
  });

  test("keeps the digits of an integer that a double cannot hold", async () => {
    await ruleTo(topicId, {});
    const event = fixture("instance-launched").toString().replace('"data": {', '"data": { "size": 9007199254740993,');
    const { code } = await emit(["-"], { input: event });
    expect([code, cloud.notifications.ons.published.at(-1)?.body]).toEqual([
      0,
      expect.stringContaining('"size":9007199254740993'),
    ]);
  });

  test("exits 3 when no rule matches, also a type that --type gives", async () => {
    await ruleTo(topicId, { eventType: LAUNCHED });
    const { code, out } = await emit(["test/fixtures/instance-launched.json", "--type", "com.oraclecloud.a.b"]);
    expect([code, out]).toEqual([3, expect.stringMatching(/^com\.oraclecloud\.a\.b {2}\S+\n {2}no rule matched\n/)]);
  });

  test("tells what the relay made of it", async () => {
    const receiver = await serveLoopback(() => ({ status: 204 }));
    try {
      await ruleToRelay({ WEBHOOK_URL: receiver.url });
      const { code, out } = await emit(["bucket-created"]);
      expect([code, out.split("\n").slice(1)]).toEqual([
        0,
        [
          expect.stringMatching(/^ {2}rule hears: FAAS ocid1\.fnfunc\.…\w{6} called, answered 200$/),
          "  delivered",
          "  webhook delivered, answered 204",
          "",
        ],
      ]);
    } finally {
      await receiver.close();
    }
  });

  test.each([
    ["duplicate", 0],
    ["ignored", 3],
    ["rejected", 1],
    ["dead-lettered", 1],
  ])("exits as the relay's outcome has it: %s", async (outcome, exitCode) => {
    const { invoke } = cloud.faas;
    cloud.faas.invoke = async () => ({ status: 200, body: JSON.stringify({ outcome, deliveries: [] }) });
    try {
      await ruleTo({ actionType: "FAAS", functionId: "ocid1.fnfunc.oc1.phx.a", isEnabled: true });
      const { code, out } = await emit(["bucket-created"]);
      expect([code, out]).toEqual([exitCode, expect.stringMatching(new RegExp(`\n {2}${outcome}\n$`))]);
    } finally {
      cloud.faas.invoke = invoke;
    }
  });

  test("exits 1 when a delivery fails, and says why", async () => {
    await ruleTo(NO_TOPIC, {});
    const { code, out } = await emit(["bucket-created"]);
    expect([code, out]).toEqual([1, expect.stringMatching(/ONS ocid1\.onstopic\.…tthere failed, answered 404: \w+/)]);
  });

  test("lists the fixtures that are events", async () => {
    const { code, out } = await emit(["--list"]);
    const names = out.split("\n").map((line) => line.split(" ")[0]);
    expect([code, names.includes("instance-launched"), names.includes("alarm-firing")]).toEqual([0, true, false]);
  });

  test.each([
    ["nothing", [], "", "Which event?"],
    ["two events", ["a", "b"], "", "one event at a time, got 2 arguments"],
    ["an option that it does not have", ["--loud"], "", "Unknown option '--loud'"],
    ["a name that is nearly right", ["instance-lauched"], "", "did you mean instance-launched?"],
    ["the beginning of names", ["bucket"], "", "did you mean bucket-created or bucket-deleted or bucket-made-public?"],
    ["a name that is like none", ["xyz"], "", "no fixture and no file is called xyz: there are "],
    ["a file that is not there", ["./nowhere.json"], "", "./nowhere.json: cannot be read (ENOENT)"],
    ["an alarm", ["alarm-firing"], "", "alarm-firing: this is of the kind alarm, no event. Only events"],
    ["a batch", ["-"], "[{}, {}]", "a batch of 2 is not what comes over the bus. Only events"],
    ["no JSON", ["-"], "{", "the body is not JSON"],
    ["half an event", ["-"], '{"eventType":"com.oraclecloud.a.b"}', "no event: "],
    ["what the emulator refuses", ["user-created", "--type", ""], "", "the emulator refuses it: "],
    ["what is no compartment", ["user-created", "--compartment", "prod"], "", "--compartment: expected the OCID"],
    ["a URL elsewhere", ["user-created", "--emulator", "https://a.example"], "", "--emulator: an emulator of this"],
  ])("exits 2 on %s", async (_, args, input, message) => {
    const { code, out, err } = await emit(args, { input });
    expect([code, out, err]).toEqual([2, "", expect.stringContaining(message)]);
  });

  test("says how to start an emulator where none answers", async () => {
    const gone = await serveLoopback(() => "hang");
    await gone.close();
    const { code, err } = await runCommand("emit.ts", ["user-created"], { env: { OCI_ENDPOINT_URL: gone.url } });
    expect([code, err]).toEqual([
      2,
      `no emulator answers at ${gone.url} (ECONNREFUSED). Start one with npm run emulator or npm run dev, or name another with --emulator.\n`,
    ]);
  });

  test("says so where something else answers", async () => {
    const other = await serveLoopback(() => ({ status: 404, body: "<html>" }));
    try {
      const { code, err } = await emit(["user-created", "--emulator", other.url]);
      expect([code, err]).toEqual([2, expect.stringContaining("is no emulator (status 404)")]);
    } finally {
      await other.close();
    }
  });
});
