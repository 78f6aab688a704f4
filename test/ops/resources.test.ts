import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type Desired, desiredOf, type Kind, type Ref, refsIn, resolve } from "../../ops/desired.ts";
import type { Settings } from "../../ops/settings.ts";
import { COMPARTMENT, cases, settingsOf, TENANCY } from "./terraform/settings.ts";

/** Of a relay with the settings that the cases begin with. */
const TAGS = { "oci-event-relay": "prod-relay", "oci-event-relay-place": `${settingsOf().region} ${COMPARTMENT}` };

const everything = cases.at(-1)?.settings ?? settingsOf();

/** Its attributes, with what is known only later told by its key: <topic id> */
function attributesOf(key: string, settings: Settings): unknown {
  const found = desiredOf(settings).find((one) => one.key === key);
  return found === undefined ? undefined : resolve(found.attributes, ({ ref, attribute }) => `<${ref} ${attribute}>`);
}

describe("what an installation is made of", () => {
  test("stands in the order of creation, each under a key of its own", () => {
    expect(desiredOf(everything).map(({ key, kind }) => [key, kind])).toEqual([
      ["topic", "topic"],
      ["subscription EMAIL ops@example.com", "subscription"],
      ["subscription CUSTOM_HTTPS https://hooks.example.com/relay", "subscription"],
      ["bucket dead-letters", "bucket"],
      ["bucket dedupe", "bucket"],
      ["application", "application"],
      ["function", "function"],
      ["dynamic-group function", "dynamic-group"],
      ["policy", "policy"],
      ["lifecycle dead-letters", "lifecycle"],
      ["lifecycle dedupe", "lifecycle"],
      ["rule prod-relay", "rule"],
      ["rule prod-relay-identity", "rule"],
      ["alarm function-errors", "alarm"],
      ["alarm not-delivered prod-relay", "alarm"],
      ["alarm not-delivered prod-relay-identity", "alarm"],
      ["alarm dead-letters", "alarm"],
      ["log-group", "log-group"],
      ["log function-invoke", "log"],
    ]);
  });

  test.each(cases)("refers only to what comes before, by an attribute that it has, with $what", ({ settings }) => {
    const before = new Map<string, Desired>();
    for (const one of desiredOf(settings)) {
      for (const { ref, attribute } of refsIn(one.attributes)) {
        const other = before.get(ref);
        expect({ key: one.key, ref, isThere: other !== undefined }).toEqual({ key: one.key, ref, isThere: true });
        expect(["id", ...Object.keys(other?.attributes ?? {})]).toContain(attribute);
      }
      expect(before.has(one.key)).toBe(false);
      before.set(one.key, one);
    }
  });

  test("bears the owner's tag, all that is made and can have one", () => {
    const untagged = desiredOf(everything).filter(({ attributes }) => attributes.freeformTags === undefined);
    expect(untagged.map(({ kind }) => kind)).toEqual(["lifecycle", "lifecycle"]);
    for (const { attributes } of desiredOf(everything)) {
      if (attributes.freeformTags !== undefined) expect(attributes.freeformTags).toEqual(TAGS);
    }
  });

  const DETAILS: Readonly<Partial<Record<Kind, string>>> = {
    application: "oci-functions/lib/model/create-application-details",
    function: "oci-functions/lib/model/create-function-details",
    topic: "oci-ons/lib/model/create-topic-details",
    subscription: "oci-ons/lib/model/create-subscription-details",
    bucket: "oci-objectstorage/lib/model/create-bucket-details",
    lifecycle: "oci-objectstorage/lib/model/put-object-lifecycle-policy-details",
    "dynamic-group": "oci-identity/lib/model/create-dynamic-group-details",
    policy: "oci-identity/lib/model/create-policy-details",
    "log-group": "oci-logging/lib/model/create-log-group-details",
    log: "oci-logging/lib/model/create-log-details",
    rule: "oci-events/lib/model/create-rule-details",
    alarm: "oci-monitoring/lib/model/create-alarm-details",
  };
  /** These stand in the path of the request. */
  const IN_PATH = ["bucketName", "logGroupId"];

  test.each(Object.entries(DETAILS))("has of %s what the SDK takes, and all that it needs", (kind, file) => {
    const model = readFileSync(new URL(`../../node_modules/${file}.d.ts`, import.meta.url), "utf8");
    const fields = [...model.matchAll(/^ {4}"(\w+)"(\??):/gm)].map(([, name = "", optional]) => ({
      name,
      optional: optional === "?",
    }));
    const ofKind = desiredOf(everything).filter((one) => one.kind === kind);
    expect(ofKind.length).toBeGreaterThan(0);
    for (const { attributes } of ofKind) {
      const names = Object.keys(attributes).filter((name) => !IN_PATH.includes(name));
      expect(names.filter((name) => !fields.some((field) => field.name === name))).toEqual([]);
      expect(fields.filter(({ name, optional }) => !optional && !names.includes(name))).toEqual([]);
    }
  });
});

describe("without an image", () => {
  test("application and function must be there, and only the function's configuration is set", () => {
    const settings = settingsOf({ config: { WEBHOOK_URL: "https://cmdb.example.com/hook" } });
    const found = desiredOf(settings).filter(({ mustExist }) => mustExist);
    expect(found.map(({ key }) => [key, attributesOf(key, settings)])).toEqual([
      ["application", { compartmentId: COMPARTMENT, displayName: "relay" }],
      [
        "function",
        {
          applicationId: "<application id>",
          displayName: "oci-event-relay",
          config: {
            WEBHOOK_URL: "https://cmdb.example.com/hook",
            ONS_TOPIC_ID: "<topic id>",
            DEAD_LETTER_BUCKET: "<bucket dead-letters name>",
            DEDUPE_BUCKET: "<bucket dedupe name>",
          },
        },
      ],
    ]);
  });

  test("with one nothing must be there", () => {
    expect(desiredOf(everything).filter(({ mustExist }) => mustExist)).toEqual([]);
    expect(attributesOf("function", everything)).toMatchObject({
      image: everything.image,
      memoryInMBs: 512,
      timeoutInSeconds: 120,
    });
  });
});

describe("the policy", () => {
  const relay = "Allow dynamic-group <dynamic-group function name> to";
  const letters = "<bucket dead-letters name>";
  const dedupe = "<bucket dedupe name>";
  const statements = (settings: Settings) => (attributesOf("policy", settings) as { statements: string[] }).statements;

  test("lets the function do what it does and no more, and the services what they must", () => {
    const scope = `compartment id ${COMPARTMENT}`;
    expect(statements(settingsOf())).toEqual([
      `${relay} use ons-topics in ${scope} where request.permission='ONS_TOPIC_PUBLISH'`,
      `${relay} manage objects in ${scope} where all {target.bucket.name='${letters}', any {request.permission='OBJECT_CREATE', request.permission='OBJECT_READ', request.permission='OBJECT_INSPECT'}}`,
      `${relay} manage objects in ${scope} where all {target.bucket.name='${dedupe}', any {request.permission='OBJECT_CREATE', request.permission='OBJECT_OVERWRITE', request.permission='OBJECT_READ', request.permission='OBJECT_DELETE'}}`,
      `Allow service cloudEvents to use functions-family in ${scope}`,
      `Allow service objectstorage-us-phoenix-1 to manage object-family in ${scope} where any {target.bucket.name='${letters}', target.bucket.name='${dedupe}'}`,
    ]);
  });

  test("names the services' targets that the rules have", () => {
    const service = (more: Partial<Settings>) =>
      statements(settingsOf(more)).filter((one) => one.startsWith("Allow service cloudEvents"));
    const scope = `compartment id ${COMPARTMENT}`;
    expect(service({ streamId: "ocid1.stream.oc1.phx.a", sendsRaw: true })).toEqual([
      `Allow service cloudEvents to use functions-family in ${scope}`,
      `Allow service cloudEvents to use stream-push in ${scope}`,
      `Allow service cloudEvents to use ons-topics in ${scope}`,
    ]);
  });

  test("lets the function read each secret that its configuration names, once, wherever it stands", () => {
    const config = {
      WEBHOOK_URL: "vault:ocid1.vaultsecret.oc1.phx.two",
      WEBHOOK_HEADERS: '{"a":"vault:ocid1.vaultsecret.oc1.phx.one","b":"vault:ocid1.vaultsecret.oc1.phx.two"}',
      NOTE: "vault:other, ocid1.vaultsecret.oc1.phx.three",
    };
    expect(statements(settingsOf({ config })).filter((one) => one.includes("secret-bundles"))).toEqual(
      ["one", "two"].map(
        (secret) =>
          `${relay} read secret-bundles in compartment id ${COMPARTMENT} where target.secret.id='ocid1.vaultsecret.oc1.phx.${secret}'`,
      ),
    );
  });

  test("speaks of the tenancy in the root compartment", () => {
    expect(statements(settingsOf({ compartmentId: TENANCY }))[0]).toBe(
      `${relay} use ons-topics in tenancy where request.permission='ONS_TOPIC_PUBLISH'`,
    );
  });
});

describe("rules", () => {
  test("call the function always, and stream and topic where they are wanted", () => {
    const actions = (key: string, settings: Settings) => (attributesOf(key, settings) as { actions: unknown }).actions;
    expect(actions("rule prod-relay", everything)).toEqual({
      actions: [
        { actionType: "FAAS", isEnabled: true, functionId: "<function id>" },
        { actionType: "OSS", isEnabled: true, streamId: everything.streamId },
        { actionType: "ONS", isEnabled: true, topicId: "<topic id>" },
      ],
    });
    expect(actions("rule prod-relay", { ...everything, sendsRaw: false, streamId: "" })).toEqual({
      actions: [{ actionType: "FAAS", isEnabled: true, functionId: "<function id>" }],
    });
  });

  test("for identity stand in the tenancy, with the alarm looking there", () => {
    expect(attributesOf("rule prod-relay-identity", everything)).toMatchObject({
      compartmentId: TENANCY,
      displayName: "prod-relay-identity",
      condition: '{"eventType":["com.oraclecloud.identitycontrolplane.createuser"]}',
    });
    expect(attributesOf("alarm not-delivered prod-relay-identity", everything)).toMatchObject({
      compartmentId: COMPARTMENT,
      metricCompartmentId: TENANCY,
      query: 'DeliveryFailedEvents[1m]{resourceId = "<rule prod-relay-identity id>"}.sum() > 0',
    });
  });

  test("for identity are left out away from the home region", () => {
    const rules = desiredOf({ ...everything, homeRegion: "us-ashburn-1" }).filter(({ kind }) => kind === "rule");
    expect(rules.map(({ key }) => key)).toEqual(["rule prod-relay"]);
  });
});

describe("alarms", () => {
  test("go to the topic, and say what to do", () => {
    expect(attributesOf("alarm dead-letters", everything)).toEqual({
      compartmentId: COMPARTMENT,
      metricCompartmentId: COMPARTMENT,
      isEnabled: true,
      destinations: ["<topic id>"],
      freeformTags: TAGS,
      displayName: "prod-relay-dead-letters",
      namespace: "oci_objectstorage",
      query: 'PutRequests[1m]{resourceDisplayName = "<bucket dead-letters name>"}.sum() > 0',
      severity: "WARNING",
      body: "A receiver did not take an event; it is kept in the bucket <bucket dead-letters name>. Mend the receiver, then send it again: npm run relay -- replay --bucket <bucket dead-letters name> --function <function id>",
    });
    expect(attributesOf("alarm function-errors", everything)).toMatchObject({
      namespace: "oci_faas",
      query: 'FunctionResponseCount[1m]{resourceId = "<function id>", responseType = "Error"}.sum() > 0',
      severity: "CRITICAL",
    });
  });
});

describe("buckets", () => {
  test("are private, tell no events of their objects, and forget after their days", () => {
    expect(attributesOf("bucket dead-letters", everything)).toEqual({
      compartmentId: COMPARTMENT,
      name: "prod-relay-dead-letters",
      publicAccessType: "NoPublicAccess",
      storageTier: "Standard",
      objectEventsEnabled: false,
      freeformTags: TAGS,
    });
    const kept = { action: "DELETE", target: "objects", timeUnit: "DAYS", isEnabled: true };
    expect(["dead-letters", "dedupe"].map((what) => attributesOf(`lifecycle ${what}`, everything))).toEqual([
      { bucketName: "<bucket dead-letters name>", items: [{ name: "delete-dead-letters", timeAmount: 30, ...kept }] },
      { bucketName: "<bucket dedupe name>", items: [{ name: "delete-dedupe", timeAmount: 2, ...kept }] },
    ]);
  });
});

describe("what is known only later", () => {
  const topic: Ref = { ref: "topic", attribute: "id" };
  const bucket: Ref = { ref: "bucket", attribute: "name" };
  const lookup = ({ ref }: Ref) => (ref === "topic" ? "ocid1.topic" : undefined);

  test.each([
    ["a text", "plain", "plain"],
    ["a number", 7, 7],
    ["a reference that is known", topic, "ocid1.topic"],
    ["a reference that is not", bucket, bucket],
    ["a text all known", { text: ["to ", topic] }, "to ocid1.topic"],
    ["a text half known", { text: ["to ", topic, " by ", bucket] }, { text: ["to ocid1.topic by ", bucket] }],
    ["a text of one reference that is not known", { text: [bucket] }, { text: [bucket] }],
    ["what is nested", { a: [{ b: topic }, bucket], c: true }, { a: [{ b: "ocid1.topic" }, bucket], c: true }],
    ["a map with a key named ref", { ref: "x", attribute: "y", z: "1" }, { ref: "x", attribute: "y", z: "1" }],
    ["a map with a key named text", { text: "x" }, { text: "x" }],
  ])("is put in where it is known: %s", (_, value, resolved) => {
    expect(resolve(value, lookup)).toEqual(resolved);
  });

  test("is listed, each reference once", () => {
    expect(refsIn({ a: [topic, { text: ["x", bucket, topic] }], b: "ref" })).toEqual([topic, bucket]);
  });
});
