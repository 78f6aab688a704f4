import { slips } from "./distance.ts";
import { ADDITIONAL_FIELDS, DATA_FIELDS, TOP_FIELDS } from "./shape-of-event.ts";

/** What people call fields, in lower case -> where they stand. */
const NAMES: ReadonlyMap<string, string> = new Map([
  ["type", "eventType"],
  ["detail-type", "eventType"],
  ["id", "eventID"],
  ["time", "eventTime"],
  ["timestamp", "eventTime"],
  ["specversion", "cloudEventsVersion"],
  ["datacontenttype", "contentType"],
  ["detail", "data"],
  ["payload", "data"],
  ["service", "source"],
  ["resource", "data.resourceName"],
  ["name", "data.resourceName"],
  ["displayname", "data.resourceName"],
  ["resourcedisplayname", "data.resourceName"],
  ["ocid", "data.resourceId"],
  ["resourceocid", "data.resourceId"],
  ["instanceid", "data.resourceId"],
  ["compartment", "data.compartmentName"],
  ["compartmentocid", "data.compartmentId"],
  ["ad", "data.availabilityDomain"],
  ["tags", "data.freeformTags"],
  ["freetags", "data.freeformTags"],
  ["defined_tags", "data.definedTags"],
  ["freeform_tags", "data.freeformTags"],
  ["oracle-tags", "data.definedTags.Oracle-Tags"],
  ["details", "data.additionalDetails"],
  ["bucket", "data.additionalDetails.bucketName"],
]);

const KNOWN: ReadonlyMap<string, string> = new Map([
  ...ADDITIONAL_FIELDS.map((field) => [field.toLowerCase(), `data.additionalDetails.${field}`] as const),
  ...DATA_FIELDS.map((field) => [field.toLowerCase(), `data.${field}`] as const),
  ...NAMES,
]);
const TOP = new Map(TOP_FIELDS.map((field) => [field.toLowerCase(), field]));

const MAX_SLIPS = 2;

/** Where the field that was meant stands, as a path; of a field of `data` that nothing is known of, among its additional details. */
export function suggestedField(path: readonly string[]): string | undefined {
  const key = path.at(-1) ?? "";
  const parts = key.split(".");
  // {"data.compartmentId": …}: the nesting is what OCI goes by.
  if (parts.length > 1 && path.length === 1) return nested(parts);
  const name = key.toLowerCase();
  if (path[0] === "extensions") return name === "compartmentid" ? "extensions.compartmentId" : "data";
  const isTop = path.length === 1;
  const here = isTop ? TOP : undefined;
  const found = here?.get(name) ?? KNOWN.get(name) ?? nearestIn(here, name) ?? nearestIn(KNOWN, name) ?? TOP.get(name);
  if (found !== undefined || isTop || !/^[\w-]{1,60}$/.test(key)) return found;
  return `data.additionalDetails.${key}`;
}

function nested(parts: readonly string[]): string {
  const inner = parts.reduceRight((value, part) => `{${JSON.stringify(part)}:${value}}`, "…");
  return `${inner}, one inside the other`;
}

function nearestIn(names: ReadonlyMap<string, string> | undefined, name: string): string | undefined {
  const near = [...(names ?? [])]
    .filter(([each]) => Math.abs(each.length - name.length) <= MAX_SLIPS)
    .map(([each, field]) => ({ field, cost: slips(name, each) }))
    .filter(({ cost }) => cost <= Math.min(MAX_SLIPS, name.length / 4))
    .sort((a, b) => a.cost - b.cost);
  return near[0]?.field;
}
