import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import TJS from "typescript-json-schema";
import type { Notification } from "../../src/notification.ts";
import type { Bodies, Family } from "./bodies.ts";

/** JSON Schema, as far as the contract needs it. */
export interface Schema {
  title?: string;
  description?: string | undefined;
  type?: string;
  enum?: unknown[];
  const?: unknown;
  pattern?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  [keyword: string]: unknown;
}

export interface ObjectSchema extends Schema {
  properties: Record<string, Schema>;
  required: string[];
}

export interface BodySchema extends ObjectSchema {
  properties: Record<keyof Bodies[Family] | "Msg", Schema> & { resource_details: ObjectSchema };
}

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

let schemas: Record<Family, BodySchema> | undefined;

/** The schema of each family's body, made from the types that the handlers' functions have. */
export function bodySchemas(): Record<Family, BodySchema> {
  schemas ??= generated();
  return schemas;
}

function generated(): Record<Family, BodySchema> {
  const { compilerOptions } = JSON.parse(readFileSync(`${ROOT}/tsconfig.json`, "utf8"));
  // The package brings a TypeScript of its own: 7 has no API for its types.
  const program = TJS.getProgramFromFiles([`${ROOT}/test/contract/bodies.ts`], compilerOptions, ROOT);
  const generator = TJS.buildGenerator(program, { required: true, ref: false });
  if (generator === null) throw new Error("test/contract/bodies.ts does not compile");
  const schemaOf = (type: string) => sorted(generator.getSchemaForSymbol(type).properties);
  const bodies = schemaOf("Bodies") as Record<Family, BodySchema>;
  const notification = schemaOf("Notification") as Record<string, Schema>;
  const said = (member: keyof Notification) => ({ description: notification[member]?.description });
  const common = bodies.unknown.properties.resource_details.properties;
  return mapValues(bodies, (body) => {
    const { action, resource_details: details, resource_type, result } = body.properties;
    const properties = {
      Msg: MSG,
      action: worded({ ...said("action"), ...action }, "^[a-z_]+$"),
      resource_details: {
        ...details,
        ...said("details"),
        // Written out key by key in the type, the common ones have lost their comments.
        properties: mapValues(details.properties, (schema, key) => common[key] ?? schema),
      },
      resource_type: worded({ ...said("resourceType"), ...resource_type }, "^[a-z0-9_]+$"),
      result,
    };
    return { type: "object", properties, required: ["Msg", ...body.required] } as BodySchema;
  });
}

const MSG: Schema = {
  description: "The other four members once more, as a text of JSON. Its name is the webhook's `msg_key`.",
  type: "string",
  contentMediaType: "application/json",
};

/** How a word is written that no type lists. */
function worded(schema: Schema, pattern: string): Schema {
  return schema.enum === undefined && schema.const === undefined ? { ...schema, pattern } : schema;
}

export function mapValues<Key extends string, From, To>(
  object: Record<Key, From>,
  change: (value: From, key: Key) => To,
): Record<Key, To> {
  const entries = Object.entries(object) as [Key, From][];
  return Object.fromEntries(entries.map(([key, value]) => [key, change(value, key)])) as Record<Key, To>;
}

/** Members in the order of the wire: TypeScript's own depends on what it has seen first. */
function sorted<Value>(value: Value): Value {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)])) as Value;
}
