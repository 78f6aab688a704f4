import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parse } from "@cdktn/hcl2json";
import { afterEach, describe, expect, test, vi } from "vitest";
import documented from "../../handlers/event-types.json" with { type: "json" };
import { handlers } from "../../handlers/index.ts";
import packs from "../../ops/rule/cis-event-packs.json" with { type: "json" };
import { eventPack, packNames } from "../../ops/rule/event-packs.ts";
import { isIdentityType, sidesOf } from "../../ops/rule/identity-types.ts";
import { MAX_RULES, type Rule, rulesFor } from "../../ops/rule/rule.ts";
import { asJson, asOciCommands } from "../../ops/rule/rule-forms.ts";
import { ruleSelection, type SelectionOptions } from "../../ops/rule/rule-selection.ts";
import { asTerraform } from "../../ops/rule/rule-terraform.ts";
import { matches } from "../../src/condition.ts";
import { documentedTypes } from "../../src/documented.ts";
import { runTool } from "./tool.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const OCI = "com.oraclecloud";

interface Ran {
  code: number;
  out: string;
  err: string;
}

function run(file: string, args: readonly string[], env: Record<string, string> = {}): Promise<Ran> {
  return new Promise((resolve) => {
    const child = execFile(
      file,
      args,
      { cwd: ROOT, env: { PATH: process.env.PATH ?? "", ...env }, timeout: 60_000, maxBuffer: 10_000_000 },
      (error, out, err) => resolve({ code: error === null ? 0 : (child.exitCode ?? -1), out, err }),
    );
  });
}

const rule = (args: readonly string[], env: Record<string, string> = {}) => runTool(["rule", ...args], { env });

const all = documentedTypes(documented);

function made(eventTypes: readonly string[], maxBytes?: number): readonly Rule[] {
  const rules = rulesFor({ eventTypes }, maxBytes);
  if (!rules.ok) throw new Error(rules.problem);
  return rules.value.rules;
}

afterEach(() => vi.unstubAllEnvs());

function routesOf(...conditions: unknown[]): string {
  return JSON.stringify(conditions.map((match) => ({ match, to: ["webhook"] })));
}

describe("relay rule", () => {
  test("without routes asks for the types of the handlers: no .begin whose .end will come, no alarms; identity apart", async () => {
    const { code, out, err } = await rule([]);
    const types = handlers
      .filter(({ family }) => family !== "alarm" && family !== "metric")
      .flatMap(({ actions }) => Object.keys(actions))
      .filter((type) => !all.includes(type.replace(/\.begin$/, ".end")) || !type.endsWith(".begin"))
      .sort();
    expect([code, JSON.parse(out)]).toEqual([
      0,
      {
        relay: { eventType: types.filter((type) => !isIdentityType(type)) },
        "relay-identity": { eventType: types.filter(isIdentityType) },
      },
    ]);
    expect(err).toContain("home region, and only a rule in the root compartment");
  });

  test.each<[string, unknown[], unknown, string]>([
    [
      "types and patterns that routes name, each once, and a .begin that one names",
      [
        { eventType: [`${OCI}.objectstorage.*bucket`, `${OCI}.computeapi.launchinstance.begin`] },
        { eventType: `${OCI}.objectstorage.*bucket` },
      ],
      { eventType: [`${OCI}.computeapi.launchinstance.begin`, `${OCI}.objectstorage.*bucket`] },
      "",
    ],
    [
      "without the filters of their payload",
      [{ eventType: [`${OCI}.computeapi.launchinstance.end`], data: { compartmentName: "prod" } }],
      { eventType: [`${OCI}.computeapi.launchinstance.end`] },
      "route 1 filters by data too",
    ],
    [
      "and not what only Monitoring tells",
      [{ eventType: [`${OCI}.monitoring.alarm.ok_to_firing`, `${OCI}.computeapi.launchinstance.end`] }],
      { eventType: [`${OCI}.computeapi.launchinstance.end`] },
      "alarms and metrics",
    ],
    [
      "and doubts what nobody documents",
      [{ eventType: `${OCI}.objectstorage.createbuckte` }],
      { eventType: [`${OCI}.objectstorage.createbuckte`] },
      `did you mean ${OCI}.objectstorage.createbucket?`,
    ],
  ])("asks for %s", async (_, conditions, condition, note) => {
    vi.stubEnv("ROUTES", routesOf(...conditions));
    const selected = await ruleSelection({});
    expect(selected.ok && made(selected.value.eventTypes === "all" ? [] : selected.value.eventTypes)).toEqual([
      { name: "", isIdentity: false, condition },
    ]);
    expect(selected.ok && selected.value.notes.join("\n")).toContain(note);
  });

  test("prints what routes name, and its notes elsewhere", async () => {
    const condition = { eventType: [`${OCI}.computeapi.launchinstance.end`] };
    const routes = routesOf({ ...condition, data: { compartmentName: "prod" } });
    const { code, out, err } = await rule([], { ROUTES: routes });
    expect({ code, condition: JSON.parse(out), err }).toEqual({
      code: 0,
      condition,
      err: "note: route 1 filters by data too: not in the rule, the relay does it\n",
    });
  });

  test("--all is every event, and nothing but that stands on stdout", async () => {
    const { code, out, err } = await rule(["--all"]);
    expect([code, out]).toEqual([0, "{}\n"]);
    expect(err).toMatch(/^note: .*root compartment, in the home region\n$/);
  });

  test("puts packs, families and types together, as JSON for machines with the notes in it", async () => {
    const { code, out, err } = await rule([
      ...["--json", "--name", "ops", "--pack", "4.7", "--pack", "storage", "--family", "bucket"],
      ...["--type", "computeapi.launchinstance.end"],
    ]);
    const { rules, notes } = JSON.parse(out);
    expect({ code, err, rules }).toEqual({
      code: 0,
      err: "",
      rules: [
        {
          displayName: "ops",
          name: "",
          isIdentity: false,
          condition: {
            eventType: [
              `${OCI}.blockvolumes.deletevolume.begin`,
              `${OCI}.computeapi.launchinstance.end`,
              `${OCI}.filestorage.deletefilesystem`,
              `${OCI}.objectstorage.createbucket`,
              `${OCI}.objectstorage.deletebucket`,
              `${OCI}.objectstorage.updatebucket`,
            ],
          },
        },
        {
          displayName: "ops-identity",
          name: "identity",
          isIdentity: true,
          condition: { eventType: [...packs.cisChecks["4.7"].eventTypes].sort() },
        },
      ],
    });
    expect(notes).toEqual([
      expect.stringContaining("deletevolume.begin: the relay ignores it"),
      expect.stringContaining("identity events fire only"),
    ]);
  });

  test("is one form or the other: --json and --as contradict each other", async () => {
    const { code, out, err } = await rule(["--as", "terraform", "--json"]);
    expect([code, out, err]).toEqual([
      2,
      "",
      expect.stringContaining("'--as <form>' cannot be used with option '--json'"),
    ]);
  });

  test.each<[string, SelectionOptions, string]>([
    ["an unknown pack", { pack: ["stroage"] }, "did you mean storage?"],
    ["an unknown check", { pack: ["4.71"] }, "did you mean 4.7?"],
    ["a pack that is near to none", { pack: ["everything"] }, "there are cis, iam, network, storage"],
    ["an unknown family", { family: ["volum"] }, "did you mean volume?"],
    ["a family that only audit records tell of", { family: ["stream"] }, "audit records do"],
    ["alarms", { family: ["alarm"] }, "alarms and metrics are no events of a rule"],
    ["types of alarms", { type: ["monitoring.alarm.repeat"] }, "alarms and metrics are no events of a rule"],
    ["a type that is none", { type: ["launch instance"] }, "is malformed"],
    ["every event and some", { all: true, pack: ["cis"] }, "leave --pack, --family and --type out"],
    ["several at once, and names each", { pack: ["cjs"], family: ["bukcet"] }, "did you mean cis?; --family bukcet:"],
  ])("refuses %s", async (_, options, problem) => {
    const selected = await ruleSelection(options);
    expect(selected).toEqual({ ok: false, problem: expect.stringContaining(problem) });
  });

  test("says what a type that is not documented may have meant, and takes it all the same", async () => {
    expect(await ruleSelection({ type: ["objectstorage.createBuckte", "Objectstorage.*Bucket"] })).toEqual({
      ok: true,
      value: {
        eventTypes: [`${OCI}.objectstorage.createbuckte`, `${OCI}.objectstorage.*bucket`],
        notes: [expect.stringContaining(`did you mean ${OCI}.objectstorage.createbucket?`)],
      },
    });
  });

  test.each([
    ["an unknown pack", ["--pack", "stroage"], "relay: --pack stroage: there is no such pack; did you mean storage?\n"],
    ["no number", ["--max-bytes", "many"], "expected a number of bytes"],
    ["another form", ["--as", "yaml"], "Allowed choices are json, oci, terraform"],
    ["too many rules", ["--pack", "cis", "--max-bytes", "90"], `a region has ${MAX_RULES}`],
  ])("ends with 2 for %s, and prints nothing else", async (_, args, problem) => {
    const { code, out, err } = await rule(args);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toContain(problem);
  });

  test("refuses routes that cannot be read, and names what is wrong", async () => {
    const { code, err } = await rule([], { ROUTES: '[{"match":{"eventType":"com.oraclecloud.X.y"}}]' });
    expect([code, err]).toEqual([
      2,
      'relay: ROUTES[0].match.eventType: "com.oraclecloud.X.y" is not lower case; write "com.oraclecloud.x.y"\n',
    ]);
  });
});

describe("packs", () => {
  test("hold documented types only; where the landing zone's are not, the documented ones and a note", () => {
    const undocumented = packNames.flatMap((name) => {
      const pack = eventPack(name);
      return pack.ok ? pack.value.eventTypes.filter((type) => !all.includes(type)) : [name];
    });
    const iam = eventPack("iam");
    expect(undocumented).toEqual([]);
    expect(iam.ok && [iam.value.eventTypes.length, iam.value.notes.length]).toEqual([19, 2]);
  });

  test("cis is every check", () => {
    const pack = eventPack("CIS");
    expect(pack.ok && new Set(pack.value.eventTypes)).toEqual(
      new Set(Object.values(packs.cisChecks).flatMap(({ eventTypes }) => eventTypes)),
    );
  });
});

describe("identity types", () => {
  test.each<[string, string[], string[]]>([
    [`${OCI}.identitysignon.interactivelogin`, [`${OCI}.identitysignon.interactivelogin`], []],
    [`${OCI}.identitycontrolplane.*user`, [`${OCI}.identitycontrolplane.*user`], []],
    [`${OCI}.identity*`, [`${OCI}.identity*`], []],
    [`${OCI}.identitycontrolplane.neverheardof*`, [`${OCI}.identitycontrolplane.neverheardof*`], []],
    [`${OCI}.objectstorage.*`, [], [`${OCI}.objectstorage.*`]],
    [`${OCI}.*bucket`, [], [`${OCI}.*bucket`]],
    [`${OCI}.*group`, [`${OCI}.identitycontrolplane.*group`], [`${OCI}.*group`]],
    [
      `${OCI}.*`,
      [`${OCI}.identitycontrolplane.*`, `${OCI}.identityprovisioning.*`, `${OCI}.identitysignon.*`],
      [`${OCI}.*`],
    ],
  ])("%s stands where it belongs, and at the root as no more than that", (type, identity, other) => {
    expect(sidesOf(type)).toEqual({ identity, other });
  });

  test.each([
    `${OCI}.*`,
    "*",
    "*group",
    `${OCI}.*create*`,
    `${OCI}.i*.*user*`,
    `${OCI}.*.*i*n*`,
    `${OCI}.*e`,
  ])("of %s the two sides together get what the pattern gets, and the root no other than identity types", (pattern) => {
    const { identity, other } = sidesOf(pattern);
    const wanted = all.filter((type) => matches(pattern, type));
    const atRoot = all.filter((type) => matches([...identity], type));
    expect(atRoot).toEqual(wanted.filter(isIdentityType));
    expect(all.filter((type) => matches([...identity, ...other], type))).toEqual(wanted);
  });
});

describe("rulesFor", () => {
  test("brings each documented type by one rule of its own side, in less than half of a region's rules", () => {
    const rules = made(all);
    expect(rules.length).toBeLessThan(MAX_RULES / 2);
    const wrong = all.filter((type) => {
      const bringing = rules.filter(({ condition }) => matches(condition, { eventType: type }));
      return bringing.length !== 1 || bringing[0]?.isIdentity !== isIdentityType(type);
    });
    expect(wrong).toEqual([]);
  });

  test("splits what is longer than asked for, sorted, with nothing lost or twice", () => {
    const types = all.filter((type) => type.includes("bucket") || type.includes("user"));
    const rules = made([...types].reverse().concat(types), 400);
    expect(rules.filter(({ condition }) => JSON.stringify(condition).length > 400)).toEqual([]);
    expect(rules.flatMap(({ condition }) => condition.eventType).sort()).toEqual([...types].sort());
    const names = rules.map(({ name }) => name);
    expect(names.slice(0, 2)).toEqual(["", "2"]);
    expect(names).toContain("identity");
    expect(names).toContain("identity-2");
    expect(new Set(names).size).toBe(names.length);
  });

  test("says what is too little for any type", () => {
    const type = `${OCI}.objectstorage.createbucket`;
    expect(rulesFor({ eventTypes: [type] }, 20)).toEqual({
      ok: false,
      problem: `--max-bytes 20 is too little: the condition for ${type} alone takes 60`,
    });
  });

  test("has nothing to make of no types", () => {
    expect(rulesFor({ eventTypes: [] })).toEqual({
      ok: false,
      problem: "no event type is left that an Events rule could bring",
    });
  });
});

/** As the parser writes an expression. */
const reference = (expression: string) => `\${${expression}}`;

const some = made([`${OCI}.objectstorage.createbucket`, `${OCI}.identitycontrolplane.createuser`]);

describe("forms", () => {
  const places = {
    name: `it's \${mine} "$HOME"`,
    compartment: "ocid1.compartment.oc1..c",
    tenancy: "ocid1.tenancy.oc1..t",
    function: "ocid1.fnfunc.oc1.iad.f",
    homeFunction: "ocid1.fnfunc.oc1.phx.h",
    homeRegion: "us-phoenix-1",
  };

  test("JSON is the condition itself where there is one rule", () => {
    expect(JSON.parse(asJson(some.slice(0, 1), { name: "relay" }))).toEqual(some[0]?.condition);
  });

  test("a shell gives OCI's CLI what was meant, one line a rule", async () => {
    const script = asOciCommands(some, places);
    expect(script.split("\n").length).toBe(2);
    const oci = "oci() { node -e 'console.log(JSON.stringify(process.argv.slice(1)))' -- \"$@\"; }";
    const { code, out } = await run("sh", ["-c", `${oci}\n${script}`]);
    const actions = (functionId: string) =>
      JSON.stringify({ actions: [{ actionType: "FAAS", isEnabled: true, functionId }] });
    expect([
      code,
      out
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line)),
    ]).toEqual([
      0,
      [
        [
          ...["events", "rule", "create", "--compartment-id", places.compartment, "--display-name", places.name],
          ...["--is-enabled", "true", "--condition", JSON.stringify(some[0]?.condition)],
          ...["--actions", actions(places.function)],
        ],
        [
          ...["events", "rule", "create", "--region", "us-phoenix-1", "--compartment-id", places.tenancy],
          ...["--display-name", `${places.name}-identity`, "--is-enabled", "true"],
          ...["--condition", JSON.stringify(some[1]?.condition), "--actions", actions(places.homeFunction)],
        ],
      ],
    ]);
  });

  test("what is not given stands there to be filled in, and a shell takes it for a text", async () => {
    const script = asOciCommands(some, { name: "relay" });
    const { code, err } = await run("sh", ["-n", "-c", script]);
    expect([code, err]).toEqual([0, ""]);
    expect(script).toContain("--compartment-id '<OCID of the compartment>'");
    expect(script).toContain("--compartment-id '<OCID of the tenancy>'");
  });

  test("Terraform reads resources, and all that they refer to is there", async () => {
    const read = await parse("rules.tf", asTerraform(some, { name: "relay" }));
    const resource = (compartment: string, type: string, more: object) => [
      {
        actions: [
          { actions: [{ action_type: "FAAS", function_id: reference("var.function_ocid"), is_enabled: true }] },
        ],
        compartment_id: reference(`var.${compartment}`),
        condition: `\${jsonencode({\n    eventType = [\n      "${type}",\n    ]\n  })}`,
        is_enabled: true,
        ...more,
      },
    ];
    expect(read).toEqual({
      variable: Object.fromEntries(
        ["function_ocid", "compartment_ocid", "tenancy_ocid", "home_region"].map((name) => [
          name,
          [{ type: reference("string") }],
        ]),
      ),
      provider: { oci: [{ alias: "home", region: reference("var.home_region") }] },
      resource: {
        oci_events_rule: {
          relay: resource("compartment_ocid", `${OCI}.objectstorage.createbucket`, { display_name: "relay" }),
          "relay-identity": resource("tenancy_ocid", `${OCI}.identitycontrolplane.createuser`, {
            display_name: "relay-identity",
            provider: reference("oci.home"),
          }),
        },
      },
    });
  });

  test("Terraform gets what is given as a text, templates and all", async () => {
    const read = (await parse("rules.tf", asTerraform(some, places))) as Record<string, Record<string, object>>;
    expect([Object.keys(read), Object.keys(read.resource?.oci_events_rule ?? {})]).toEqual([
      ["provider", "resource"],
      ["it_s___mine____HOME_", "it_s___mine____HOME_-identity"],
    ]);
  });

  test("every event is an empty condition in Terraform, too", async () => {
    const rules = rulesFor({ eventTypes: "all" });
    const text = asTerraform(rules.ok ? rules.value.rules : [], { name: "relay" });
    expect(text).toContain("condition      = jsonencode({})");
    expect(Object.keys(await parse("rules.tf", text))).toEqual(["resource", "variable"]);
  });
});
