import type { OciEvent } from "./envelope.ts";
import type { Handler, Normalised } from "./handler.ts";
import { type Name, nameOf } from "./naming.ts";
import type { Details, Notification } from "./notification.ts";
import { isRecord } from "./problem.ts";
import { isAboutCredential, redact } from "./redact.ts";
import { regionOfOcid } from "./region.ts";
import { titleOf } from "./title.ts";
import { wireJson } from "./wire-json.ts";

export interface Catalogue {
  handlers: readonly Handler[];
  /** OCI's noun -> Yunion's resource_type, for the types that no handler names. */
  resourceTypes: Readonly<Record<string, string>>;
}

export interface Normaliser {
  normalise(event: OciEvent): Notification;
  /** True for a `.begin` whose `.end` the catalogue knows, so that it will tell the whole. */
  isAwaitingEnd(event: OciEvent): boolean;
}

/** @param region of the resource principal, for events whose resourceId tells none */
export function createNormaliser(catalogue: Catalogue, region: string | undefined): Normaliser {
  const handlerOf = new Map<string, Handler>();
  for (const handler of catalogue.handlers) {
    for (const type of Object.keys(handler.actions)) handlerOf.set(type, handler);
  }
  const schemaOf = rememberingSchemas();

  /** What the event's family knows of it; what its name says, if it has none. */
  function known(event: OciEvent): Normalised & Name & { noun?: string } {
    const handler = handlerOf.get(event.type);
    const action = handler?.actions[event.type];
    if (handler === undefined || action === undefined) return nameOf(event.type, catalogue.resourceTypes);
    const additionalDetails = schemaOf(handler).parse(event.data.additionalDetails, { jitless: true });
    const { noun, resourceType } = handler;
    return {
      noun,
      resourceType,
      action,
      result: "succeed",
      ...handler.normalise({ event, action, additionalDetails }),
    };
  }

  return {
    normalise(event) {
      const { resourceType, action, noun, did, id, regionOf, details, ...said } = known(event);
      const result = event.hasFailed ? "failed" : said.result;
      const { resourceId, resourceName, compartmentName } = event.data;
      const where = regionOfOcid(resourceId) ?? regionOfOcid(regionOf) ?? region;
      return {
        resourceType,
        action,
        result,
        details: {
          ...commonDetails(event, { id: id ?? resourceId, region: where }),
          ...details,
          // What did not succeed has changed nothing.
          ...(event.hasFailed && UNCHANGED),
        },
        title: titleOf({
          noun: noun ?? nounOf(resourceType),
          name: resourceName,
          action,
          result,
          did: event.hasFailed ? undefined : did,
          place: compartmentName,
        }),
        eventId: event.eventID,
      };
    },
    isAwaitingEnd: (event) =>
      // Of what was refused no end will come.
      !event.hasFailed &&
      event.type.endsWith(".begin") &&
      handlerOf.has(`${event.type.slice(0, -".begin".length)}.end`),
  };
}

/** What a family tells of how things are now. */
const UNCHANGED: Details = { status: undefined, old_status: undefined, new_status: undefined, enabled: undefined };

/** Builds a handler's schema at its first event, once. */
function rememberingSchemas(): (handler: Handler) => ReturnType<Handler["additionalDetails"]> {
  const schemas = new Map<Handler, ReturnType<Handler["additionalDetails"]>>();
  return (handler) => {
    const schema = schemas.get(handler) ?? handler.additionalDetails();
    schemas.set(handler, schema);
    return schema;
  };
}

/** What every notification has: the ids, where it is, its tags, and OCI's own facts under `oci`. */
function commonDetails(event: OciEvent, resource: { id: string | undefined; region: string | undefined }): Details {
  const { data } = event;
  const id = idOf(resource.id);
  const { region } = resource;
  return {
    id,
    external_id: id,
    name: data.resourceName,
    provider: "OracleCloud",
    brand: "OracleCloud",
    cloud_env: "public",
    environment: "OracleCloud",
    source: "cloud",
    region_ext_id: region,
    region_external_id: region && `OracleCloud/${region}`,
    zone_ext_id: data.availabilityDomain === "all" ? undefined : data.availabilityDomain || undefined,
    metadata: metadataOf(event),
    oci: {
      event_id: event.eventID,
      event_type: event.eventType,
      event_time: event.eventTime,
      compartment_id: data.compartmentId,
      compartment_name: data.compartmentName,
      additional_details: isAboutCredential(event.type) ? undefined : nonEmpty(redact(data.additionalDetails)),
    },
  };
}

// Some services shout their OCIDs; whoever looks one up elsewhere finds it in lower case.
function idOf(id: string | undefined): string | undefined {
  return (id?.startsWith("OCID1.") ? id.toLowerCase() : id) || undefined;
}

/** Tags as Cloudpods imports them: `ext:` freeform, `sys:` Oracle-Tags. Other defined namespaces go by their own name. */
function metadataOf({ data }: OciEvent): unknown {
  // Freeform tags last: a namespace may bear the name `ext`.
  const namespaces = [...Object.entries(data.definedTags), ["ext", data.freeformTags] as const];
  const tags = namespaces.flatMap(([namespace, values]) => {
    const prefix = namespace === "Oracle-Tags" ? "sys" : namespace;
    const redacted = redact(values);
    if (!isRecord(redacted)) return [];
    return Object.entries(redacted).map(([key, value]) => [`${prefix}:${key}`, tagText(value)]);
  });
  return nonEmpty(Object.fromEntries(tags));
}

function tagText(value: unknown): string {
  return typeof value === "string" ? value : wireJson(value);
}

function nonEmpty(value: unknown): unknown {
  return typeof value === "object" && value !== null && Object.keys(value).length > 0 ? value : undefined;
}

/** "file_system" -> "File system" */
function nounOf(resourceType: string): string {
  const words = resourceType.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
