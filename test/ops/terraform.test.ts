import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parse as parseYaml } from "yaml";
import { type Desired, desiredOf, resolve } from "../../ops/desired.ts";
import type { Settings } from "../../ops/settings.ts";
import { stackFiles } from "../../ops/terraform.ts";
import facts from "../facts/terraform-provider-oci.json" with { type: "json" };
import { evaluate } from "./terraform/evaluate.ts";
import { parseTemplate } from "./terraform/expression.ts";
import { bodiesOf, namesIn, problemsOf, type Table } from "./terraform/references.ts";
import { cases, NAMESPACE, settingsOf, TENANCY, variablesOf } from "./terraform/settings.ts";
import { type Applied, applied, type Body, parseStack } from "./terraform/stack.ts";

const FOLDER = new URL("../../ops/terraform/", import.meta.url);
const files = Object.fromEntries(
  readdirSync(FOLDER).map((file) => [file, readFileSync(new URL(file, FOLDER), "utf8")]),
);
const stack = await parseStack(files);
const form = parseYaml(files["schema.yaml"] ?? "");
const types: Record<string, { attributes: Table }> = facts.resource as never;

/** Terraform's type of a resource -> the kind of it in the table of resources. */
const KINDS = new Map<string, Desired["kind"]>([
  ["oci_functions_application", "application"],
  ["oci_functions_function", "function"],
  ["oci_ons_notification_topic", "topic"],
  ["oci_ons_subscription", "subscription"],
  ["oci_objectstorage_bucket", "bucket"],
  ["oci_objectstorage_object_lifecycle_policy", "lifecycle"],
  ["oci_identity_dynamic_group", "dynamic-group"],
  ["oci_identity_policy", "policy"],
  ["oci_logging_log_group", "log-group"],
  ["oci_logging_log", "log"],
  ["oci_events_rule", "rule"],
  ["oci_monitoring_alarm", "alarm"],
]);

/** What the provider names otherwise than the SDK. */
const RENAMED = new Map([
  ["bucket publicAccessType", "access_type"],
  ["lifecycle bucketName", "bucket"],
  ["lifecycle items", "rules"],
  ["function memoryInMBs", "memory_in_mbs"],
]);

function keyOf({ type, label, key }: { type: string; label: string; key: string | undefined }): string {
  const kind = KINDS.get(type) ?? "";
  const own = label.replaceAll("_", "-");
  return [kind, ...(own === kind ? [] : [own]), ...(key === undefined ? [] : [key])].join(" ");
}

/** The stack, applied by a stand-in of Terraform: what becomes of each resource, by the keys of the table of resources. */
function planned(settings: Settings) {
  const regions = ["us-phoenix-1", "us-ashburn-1", "eu-frankfurt-1"];
  const data = {
    oci_identity_region_subscriptions: {
      tenancy: {
        region_subscriptions: regions.map((region_name) => ({
          region_name,
          is_home_region: region_name === settings.homeRegion,
        })),
      },
    },
    oci_objectstorage_namespace: { tenancy: { namespace: NAMESPACE } },
    oci_functions_applications: { application: [{ applications: [{ id: idOf("application") }] }] },
    oci_functions_functions: { function: [{ functions: [{ id: idOf("function") }] }] },
  };
  return applied(stack, variablesOf(settings), { data: data as never, id: (one) => idOf(keyOf(one)) });
}

const idOf = (key: string): string => `ocid of ${key}`;

/** What `relay provision` would ask for, in Terraform's words. */
function wanted(desired: readonly Desired[]): Map<string, Body> {
  const known = new Map<string, Record<string, unknown>>();
  for (const { key, attributes } of desired) {
    const lookup = ({ ref, attribute }: { ref: string; attribute: string }): string =>
      attribute === "id" ? idOf(ref) : String(known.get(ref)?.[attribute]);
    known.set(key, resolve(attributes, lookup) as Record<string, unknown>);
  }
  return new Map(desired.map(({ key, kind }) => [key, asProvider(kind, known.get(key) ?? {})]));
}

function asProvider(kind: Desired["kind"], attributes: Record<string, unknown>): Body {
  const [type = ""] = [...KINDS].find(([, one]) => one === kind) ?? [];
  return inTypes(attributes, types[type]?.attributes ?? {}, (name) => RENAMED.get(`${kind} ${name}`));
}

/** With the names and types of the provider: one block is a list of one, numbers are strings where it takes strings. */
function inTypes(
  attributes: Body,
  table: Table,
  renamed: (name: string) => string | undefined = () => undefined,
): Body {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => {
      const own = renamed(name) ?? name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
      const { type, attributes: inner } = table[own] ?? {};
      if (inner !== undefined) return [own, [value].flat().map((one) => inTypes(one as Body, inner))];
      return [own, type === "string" ? String(value) : value];
    }),
  );
}

/** A condition is JSON: how it is written does not matter. */
function withConditionRead({ condition, ...body }: Body = {}): Body {
  return condition === undefined ? body : { ...body, condition: JSON.parse(String(condition)) };
}

function sameAsProvision(settings: Settings): void {
  const desired = desiredOf(settings);
  const bodies = wanted(desired);
  const { resources, outputs, searched } = planned(settings);
  const made = desired
    .filter(({ mustExist }) => !mustExist)
    .map(({ key }) => [key, withConditionRead(bodies.get(key))]);
  const applied = resources.map((one) => [keyOf(one), withConditionRead(ownPart(one))]);
  expect(Object.fromEntries(applied)).toEqual(Object.fromEntries(made));
  for (const { key, kind, mustExist } of desired) {
    if (!mustExist) continue;
    const { config, ...by } = bodies.get(key) ?? {};
    expect(searched(`oci_functions_${kind}s`, kind)).toEqual([{ ...by, state: "ACTIVE" }]);
    if (kind === "function") expect(outputs.function_config).toEqual(config);
  }
}

/** The SDK takes the namespace elsewhere. */
function ownPart({ type, body }: Applied): Body {
  const typed = inTypes(body, types[type]?.attributes ?? {});
  if (!type.startsWith("oci_objectstorage_")) return typed;
  const { namespace, ...own } = typed;
  expect(namespace).toBe(NAMESPACE);
  return own;
}

test("the files are what npm run docs makes", () => {
  expect(files).toEqual(stackFiles());
});

test("terraform fmt has nothing to change", () => {
  try {
    execFileSync("terraform", ["fmt", "-check", "-diff", fileURLToPath(FOLDER)], { stdio: "pipe" });
  } catch (error) {
    const { code, stdout } = error as { code?: string; stdout?: Buffer };
    if (code === "ENOENT") console.log("1 check left out: terraform is not installed");
    else throw new Error(String(stdout));
  }
});

describe("the stack and relay provision make the same", () => {
  test.each(cases)("with $what", ({ settings }) => sameAsProvision(settings));

  test("whatever the settings", () => {
    const text = fc.string({ unit: "grapheme-ascii", maxLength: 12 }).map((value) => value.replaceAll("vault:", ""));
    const unique = {
      selector: (one: { name?: string; endpoint?: string }) => `${one.name}${one.endpoint}`,
      maxLength: 3,
    };
    const settings = fc.record({
      name: fc.stringMatching(/^[a-z][a-z0-9-]{0,30}$/),
      compartmentId: fc.constantFrom(TENANCY, "ocid1.compartment.oc1..aaaaother"),
      homeRegion: fc.constantFrom("us-phoenix-1", "us-ashburn-1"),
      functionName: fc.stringMatching(/^[a-z]{1,9}$/),
      image: fc.constantFrom("", "phx.ocir.io/axexample1/relay:2"),
      subnetIds: fc.constant(["ocid1.subnet.oc1.phx.aaaaone"]),
      memoryMb: fc.constantFrom(128, 3072),
      config: fc.dictionary(
        fc.stringMatching(/^[A-Z_]{1,12}$/),
        fc.oneof(text, fc.constant("vault:ocid1.vaultsecret.oc1.phx.a")),
      ),
      subscriptions: fc.uniqueArray(
        fc.record({ protocol: fc.constantFrom("EMAIL", "SLACK"), endpoint: fc.stringMatching(/^[a-z@.]{1,9}$/) }),
        unique,
      ),
      rules: fc.uniqueArray(
        fc.record({
          name: fc.stringMatching(/^[a-z0-9]{0,5}$/),
          isIdentity: fc.boolean(),
          condition: fc.constantFrom("{}", '{"data":{"resourceName":"*"}}'),
        }),
        unique,
      ),
      streamId: fc.constantFrom("", "ocid1.stream.oc1.phx.a"),
      sendsRaw: fc.boolean(),
      keepDays: fc.integer({ min: 1, max: 999 }),
    });
    fc.assert(
      fc.property(settings, (some) => sameAsProvision(settingsOf(some))),
      { numRuns: 60 },
    );
  });

  test("identity resources are written in the home region, and the lifecycle policies wait for the policy", () => {
    const bodies = bodiesOf(stack.resources);
    expect(bodies.filter(({ body }) => body.provider === `\${oci.home}`).map(({ address }) => address)).toEqual([
      "oci_identity_dynamic_group.function",
      "oci_identity_policy.policy",
    ]);
    expect(
      bodies.filter(({ body }) => body.depends_on !== undefined).map(({ address, body }) => [address, body.depends_on]),
    ).toEqual(
      ["dead_letters", "dedupe"].map((label) => [
        `oci_objectstorage_object_lifecycle_policy.${label}`,
        [`\${oci_identity_policy.policy}`],
      ]),
    );
    expect(stack.providers.map(({ alias, region }) => [alias, region])).toEqual([
      [undefined, `\${var.region}`],
      ["home", `\${local.home_region}`],
    ]);
  });

  test("rules for identity that another region leaves out are told of", () => {
    const rules = [
      { name: "", isIdentity: false, condition: "{}" },
      { name: "identity", isIdentity: true, condition: "{}" },
    ];
    expect(planned(settingsOf({ rules })).outputs).toMatchObject({
      rules_left_out: [],
      rule_ids: { relay: idOf("rule relay"), "relay-identity": idOf("rule relay-identity") },
    });
    expect(planned(settingsOf({ rules, homeRegion: "us-ashburn-1" })).outputs).toMatchObject({
      rules_left_out: ["identity"],
      rule_ids: { relay: idOf("rule relay") },
    });
  });
});

describe("the stack is sound", () => {
  test("every reference leads somewhere, and every attribute is the provider's, of its type, and none that it needs is missing", () => {
    expect(problemsOf(stack, facts as never)).toEqual([]);
  });

  test("every variable, local value and data source is used", () => {
    const names = namesIn(stack);
    const inForm = JSON.stringify(form.variables);
    const unused = [
      ...Object.keys(stack.variables).filter((name) => !names.has(`var.${name}`) && !inForm.includes(`\${${name}}`)),
      ...Object.keys(stack.locals).filter((name) => !names.has(`local.${name}`)),
      ...bodiesOf(stack.data)
        .map(({ address }) => address)
        .filter((address) => !names.has(`data.${address}`)),
    ];
    expect(unused).toEqual([]);
    expect([...names].filter((name) => name === "var.vcn_ocid")).toEqual([]);
  });

  test("the form asks for every variable once, and shows every output", () => {
    const grouped = form.variableGroups.flatMap(({ variables }: { variables: string[] }) => variables);
    expect(grouped.sort()).toEqual(Object.keys(stack.variables).sort());
    expect(Object.keys(form.variables).sort()).toEqual(Object.keys(stack.variables).sort());
    expect(Object.keys(form.outputs).sort()).toEqual(Object.keys(stack.outputs).sort());
    expect(form.outputGroups.flatMap(({ outputs }: { outputs: string[] }) => outputs).sort()).toEqual(
      Object.keys(stack.outputs).sort(),
    );
    expect(form.variableGroups[0]).toEqual({
      title: "Given by Resource Manager",
      visible: false,
      variables: ["tenancy_ocid", "region"],
    });
    expect([form.schemaVersion, form.locale]).toEqual(["1.1.0", "en"]);
  });

  test("the form has each variable in the type that Terraform has, and hides what is sensitive", () => {
    const ofForm: Record<string, string> = {
      array: "list(string)",
      boolean: "bool",
      integer: "number",
      number: "number",
    };
    for (const [name, { type }] of Object.entries<{ type: string }>(form.variables)) {
      expect({ name, type: ofForm[type] ?? "string" }).toEqual({ name, type: typeText(stack.variables[name]?.type) });
      expect({ name, isHidden: type === "password" }).toEqual({
        name,
        isHidden: stack.variables[name]?.sensitive === true && name !== "function_config",
      });
    }
  });

  test("a variable that the form needs has no default that would do without, and every one has a description", () => {
    for (const [name, { required, description }] of Object.entries<{ required: boolean; description: string }>(
      form.variables,
    )) {
      const body = stack.variables[name] ?? {};
      expect({ name, description }).toEqual({ name, description: body.description });
      if (!Object.hasOwn(body, "default")) expect({ name, required }).toEqual({ name, required: true });
    }
  });

  test("no value of a secret stands in a file, and only outputs that are marked tell one", () => {
    const secrets = Object.entries(stack.variables).filter(([, { sensitive }]) => sensitive === true);
    expect(Object.fromEntries(secrets.map(([name, body]) => [name, body.default]))).toEqual({
      webhook_url: "",
      webhook_secret_key: "",
      function_config: "{}",
    });
    const telling = Object.entries(stack.outputs).filter(([, { value }]) => namesIn(value).has("local.config"));
    expect(telling.map(([name, { sensitive }]) => [name, sensitive])).toEqual([["function_config", true]]);
    for (const text of Object.values(files))
      expect(text).not.toMatch(/whsec_|BEGIN [A-Z ]*KEY|Bearer [A-Za-z0-9]|:\/\/[^/\s"]+:[^/\s"]+@/);
  });
});

const typeText = (type: unknown): string => String(type).replace(/^\$\{(.*)\}$/, "$1");

describe("a variable says what is wrong with it", () => {
  test.each([
    ["name", "relay", true],
    ["name", "Relay", false],
    ["name", "a".repeat(32), false],
    ["tenancy_ocid", TENANCY, true],
    ["tenancy_ocid", "ocid1.compartment.oc1..a", false],
    ["compartment_ocid", TENANCY, true],
    ["compartment_ocid", "ocid1.user.oc1..a", false],
    ["region", "us-phoenix-1", true],
    ["region", "us phoenix", false],
    ["image", "", true],
    ["image", "phx.ocir.io/ns/relay:1", true],
    ["image", "relay", false],
    ["subnet_ids", [], true],
    ["subnet_ids", ["ocid1.vcn.oc1.phx.a"], false],
    ["memory_mb", 256, true],
    ["memory_mb", 300, false],
    ["timeout_seconds", 301, false],
    ["webhook_url", "", true],
    ["webhook_url", "vault:ocid1.vaultsecret.oc1.phx.a", true],
    ["webhook_url", "vault:other", false],
    ["function_config", '{"LOG_LEVEL":"debug"}', true],
    ["function_config", "LOG_LEVEL=debug", false],
    ["function_config", "[]", false],
    ["function_config", '{"A":{"b":1}}', false],
    ["subscriptions", ["EMAIL ops@example.com"], true],
    ["subscriptions", ["HTTPS https://example.com"], false],
    ["subscriptions", ["EMAIL"], false],
    ["subscriptions", ["EMAIL a b"], false],
    ["rules", '[{"condition":{}}]', true],
    ["rules", '[{"condition":{}},{"condition":{}}]', false],
    ["rules", '[{"name":"A b","condition":{}}]', false],
    ["rules", '[{"condition":"{}"}]', false],
    ["rules", "{}", true],
    ["stream_ocid", "ocid1.stream.oc1.phx.a", true],
    ["stream_ocid", "stream", false],
    ["keep_days", 0, false],
    ["keep_days", 1.5, false],
    ["dedupe_days", 7, true],
  ])("%s = %j: %s", (name, value, isGood) => {
    expect(holds(name, value)).toBe(isGood);
  });

  test("its own default is good", () => {
    for (const [name, body] of Object.entries(stack.variables)) {
      if (Object.hasOwn(body, "default"))
        expect({ name, isGood: holds(name, body.default) }).toEqual({ name, isGood: true });
    }
  });
});

function holds(name: string, value: unknown): boolean {
  const validations = (stack.variables[name]?.validation ?? []) as { condition: string }[];
  expect(validations.length).toBeGreaterThanOrEqual(Array.isArray(value) || typeof value === "number" ? 1 : 0);
  return validations.every(({ condition }) => evaluate(parseTemplate(condition), () => ({ [name]: value })) === true);
}
