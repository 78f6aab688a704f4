import { readdirSync, readFileSync } from "node:fs";
import { Validator } from "@seriousme/openapi-schema-validator";
import { Ajv } from "ajv";
import { describe, expect, test } from "vitest";
import { families } from "../handlers/index.ts";
import { fixtureNames, golden } from "../local/fixtures.ts";
import { verdictOfStatus } from "../src/deliver/verdict.ts";

const DOCS = new URL("../docs/", import.meta.url);
const read = (file: string) => JSON.parse(readFileSync(new URL(file, DOCS), "utf8"));

const payloadSchema = read("payload.schema.json");
const openApi = read("openapi.json");
const operation = openApi.paths["/webhook"].post;
const requestContent = operation.requestBody.content["application/json"];

const ajv = new Ajv({ allErrors: true, strict: true, strictTypes: true });
// Where the document has them, for its references to find them.
ajv.addVocabulary(["components"]);
const isPayload = ajv.compile(payloadSchema);
const isRequest = ajv.compile({ ...requestContent.schema, components: openApi.components });

/** Of a payload that does not match: where, and what was expected, without the families that it is not of. */
function errorsOf(validate: typeof isPayload, body: unknown): string[] {
  return validate(body) ? [] : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

const bodies = fixtureNames().flatMap((name) => {
  const { body } = golden(name);
  return body === undefined ? [] : [[name, JSON.parse(body)] as const];
});

const samples = readdirSync(new URL("samples/", DOCS)).map(
  (file) => [file.slice(0, -".json".length), read(`samples/${file}`)] as const,
);

describe("the payload schema", () => {
  test.each(bodies)("holds for what %s sends", (_, body) => {
    expect(errorsOf(isPayload, body)).toEqual([]);
  });

  const ofFamily = (family: string) => ajv.compile({ $ref: `${payloadSchema.$id}#/definitions/${family}` });

  test("holds for what syncActions makes of it, and for what an update of the relay may add", () => {
    const body = read("samples/instance.json");
    const more = {
      ...body,
      action: "sync_create",
      resource_details: { ...body.resource_details, vcpu_count: 2 },
      new: 1,
    };
    expect(errorsOf(ofFamily("instance"), more)).toEqual([]);
    expect(errorsOf(isPayload, more)).toEqual([]);
  });

  test("knows a family's actions", () => {
    expect(ofFamily("instance")({ ...read("samples/instance.json"), action: "sync_migrate" })).toBe(false);
  });

  test("holds for a type that no family knows, also where it is of a thing that one knows", () => {
    expect(errorsOf(isPayload, { ...read("samples/unknown.json"), resource_type: "server" })).toEqual([]);
  });

  test.each(samples)("tells the sample of %s as of its family", (family, body) => {
    expect(errorsOf(ofFamily(family), body)).toEqual([]);
  });

  test("has a definition and a sample for each family with code, one for all others, and one for what none knows", () => {
    const names = [...Object.keys(families), "resource", "unknown"].sort();
    expect(Object.keys(payloadSchema.definitions).sort()).toEqual(names);
    expect(samples.map(([family]) => family)).toEqual(names);
  });

  const sample = (family: string, change: object = {}, details: object = {}) => {
    const body = read(`samples/${family}.json`);
    return { ...body, ...change, resource_details: { ...body.resource_details, ...details } };
  };
  const { oci } = sample("instance").resource_details;

  test.each([
    ["is no object", "SERVER/CREATE"],
    ["has no Msg", sample("instance", { Msg: undefined })],
    ["has an object for Msg", sample("instance", { Msg: {} })],
    ["has no action", sample("instance", { action: undefined })],
    ["has an action in upper case", sample("unknown", { action: "CREATE" })],
    ["has no resource_type", sample("instance", { resource_type: undefined })],
    ["has a resource_type with a slash", sample("unknown", { resource_type: "server/create" })],
    ["has no result", sample("instance", { result: undefined })],
    ["has a misspelt result", sample("instance", { result: "succeeded" })],
    ["has no resource_details", { ...sample("instance"), resource_details: undefined }],
    ["has an id that is no text", sample("instance", {}, { id: 1 })],
    ["has null where nothing is to stand", sample("instance", {}, { name: null })],
    ["has another provider", sample("instance", {}, { provider: "AWS" })],
    ["has a tag that is no text", sample("instance", {}, { metadata: { "ext:env": 1 } })],
    ["has no facts of OCI", sample("instance", {}, { oci: undefined })],
    ["has no event_id", sample("instance", {}, { oci: { ...oci, event_id: undefined } })],
    ["has an instance_type that is no text", sample("instance", {}, { instance_type: 4 })],
    ["has another hypervisor", sample("instance", {}, { hypervisor: "kvm" })],
    ["has a bucket's acl that is not in the list", sample("bucket", {}, { acl: "public" })],
    ["has an enabled that is a text", sample("user", {}, { enabled: "true" })],
  ])("refuses a body that %s", (_, body) => {
    const isSent = JSON.parse(JSON.stringify(body));
    expect(isPayload(isSent)).toBe(false);
  });
});

describe("the OpenAPI document", () => {
  test("is one of version 3.0", async () => {
    const validator = new Validator();
    expect(await validator.validate(openApi)).toEqual({ valid: true });
    expect(validator.version).toBe("3.0");
  });

  test.each([...bodies, ...samples])("has a schema that holds for %s", (_, body) => {
    expect(errorsOf(isRequest, body)).toEqual([]);
  });

  test("shows the samples", () => {
    const values = Object.entries<{ value: unknown }>(requestContent.examples).map(([name, { value }]) => [
      name,
      value,
    ]);
    expect(Object.fromEntries(values)).toEqual(Object.fromEntries(samples));
  });

  test("tells of every status what the relay makes of it", () => {
    const means = { done: "Done", retry: "Tried again", "give-up": "Given up" };
    const wrong = Array.from({ length: 600 }, (_, status) => status + 1).filter((status) => {
      const { responses } = operation;
      const response = responses[status] ?? responses[`${Math.floor(status / 100)}XX`] ?? responses.default;
      return !response.description.startsWith(means[verdictOfStatus(status)]);
    });
    expect(wrong).toEqual([]);
  });
});
