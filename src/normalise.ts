import type { OciEvent } from "./envelope.ts";
import type { Handler, Normalised } from "./handler.ts";
import { wireJson } from "./json.ts";
import { nameOf } from "./naming.ts";
import type { Details, Notification } from "./notification.ts";
import { isAboutCredential, redact } from "./redact.ts";
import { regionOfOcid } from "./region.ts";
import { titleOf } from "./title.ts";

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
  const schemas = new Map<Handler, ReturnType<Handler["additionalDetails"]>>();

  function normalised(handler: Handler, event: OciEvent, action: string): Normalised {
    const schema = schemas.get(handler) ?? handler.additionalDetails();
    schemas.set(handler, schema);
    const additionalDetails = schema.parse(event.data.additionalDetails, { jitless: true });
    return handler.normalise({ event, action, additionalDetails });
  }

  return {
    normalise(event) {
      const handler = handlerOf.get(event.type);
      const action = handler?.actions[event.type];
      const name =
        handler === undefined || action === undefined
          ? nameOf(event.type, catalogue.resourceTypes)
          : { resourceType: handler.resourceType, action, result: "succeed" as const };
      const own = handler === undefined ? {} : normalised(handler, event, name.action);
      const known = { ...name, action: own.action ?? name.action, result: own.result ?? name.result };
      return {
        ...known,
        details: {
          ...commonDetails(event, regionOfOcid(event.data.resourceId) ?? regionOfOcid(own.regionOf) ?? region),
          ...own.details,
        },
        title: titleOf({
          noun: handler?.noun ?? nounOf(known.resourceType),
          name: event.data.resourceName,
          action: known.action,
          result: known.result,
          did: own.did,
          place: event.data.compartmentName,
        }),
        event: { id: event.eventID, type: event.eventType, time: event.eventTime },
      };
    },
    isAwaitingEnd: (event) =>
      event.type.endsWith(".begin") && handlerOf.has(`${event.type.slice(0, -".begin".length)}.end`),
  };
}

/** What every notification has: the ids, where it is, its tags, and OCI's own facts under `oci`. */
function commonDetails(event: OciEvent, region: string | undefined): Details {
  const { data } = event;
  const id = idOf(data.resourceId);
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
function idOf(resourceId: string | undefined): string | undefined {
  return (resourceId?.startsWith("OCID1.") ? resourceId.toLowerCase() : resourceId) || undefined;
}

/** Tags as Cloudpods imports them: `ext:` freeform, `sys:` Oracle-Tags. Other defined namespaces go by their own name. */
function metadataOf({ data }: OciEvent): unknown {
  const namespaces = [["ext", data.freeformTags] as const, ...Object.entries(data.definedTags)];
  const tags = namespaces.flatMap(([namespace, values]) => {
    const prefix = namespace === "Oracle-Tags" ? "sys" : namespace;
    return Object.entries(redact(values) ?? {}).map(([key, value]) => [`${prefix}:${key}`, tagText(value)]);
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
