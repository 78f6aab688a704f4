import type { OciEvent } from "./envelope.ts";
import type { NamedHandler, Normalised } from "./handler.ts";
import type { JsonObject } from "./json-value.ts";
import { type Name, nameOf } from "./naming.ts";
import { type CommonDetails, type Notification, UNCHANGED } from "./notification.ts";
import { isRecord } from "./problem.ts";
import { isAboutCredential, redact } from "./redact.ts";
import { regionOfOcid } from "./region.ts";
import { titleOf } from "./title.ts";
import { wireJson } from "./wire-json.ts";

export interface Catalogue {
  handlers: readonly NamedHandler[];
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
  const handlerOf = new Map<string, NamedHandler>();
  for (const handler of catalogue.handlers) {
    for (const type of Object.keys(handler.actions)) handlerOf.set(type, handler);
  }
  const schemaOf = rememberingSchemas();

  /** What the event's family knows of it; what its name says, if it has none. */
  function known(event: OciEvent): Known {
    const handler = handlerOf.get(event.type);
    const action = handler?.actions[event.type];
    if (handler === undefined || action === undefined) {
      return { family: undefined, ...nameOf(event.type, catalogue.resourceTypes) };
    }
    const additionalDetails = schemaOf(handler).parse(event.data.additionalDetails, { jitless: true });
    const { family, noun, resourceType } = handler;
    const said = handler.normalise({ event, action, additionalDetails });
    return { family, noun, pages: handler.console, resourceType, action, result: "succeed", ...said };
  }

  return {
    normalise(event) {
      const { family, resourceType, action, noun, did, regionOf, details, ...said } = known(event);
      const result = event.hasFailed ? "failed" : said.result;
      const { resourceId, resourceName, compartmentName } = event.data;
      const where = regionOfOcid(resourceId) ?? regionOfOcid(regionOf) ?? region;
      const id = idOf(said.id ?? resourceId);
      return {
        family,
        resourceType,
        action,
        result,
        details: {
          ...commonDetails(event, { id, region: where }),
          ...details,
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
        consoleUrl: action === "delete" ? undefined : consoleUrlOf(event, { ...said, id, region: where }),
      };
    },
    isAwaitingEnd: (event) =>
      // Of what was refused no end will come.
      !event.hasFailed &&
      event.type.endsWith(".begin") &&
      handlerOf.has(`${event.type.slice(0, -".begin".length)}.end`),
  };
}

type Known = Normalised &
  Name & {
    family: string | undefined;
    noun?: string;
    /** Where the console has the family's pages. */
    pages?: string | undefined;
  };

/** Builds a handler's schema at its first event, once. */
function rememberingSchemas(): (handler: NamedHandler) => ReturnType<NamedHandler["additionalDetails"]> {
  const schemas = new Map<NamedHandler, ReturnType<NamedHandler["additionalDetails"]>>();
  return (handler) => {
    const schema = schemas.get(handler) ?? handler.additionalDetails();
    schemas.set(handler, schema);
    return schema;
  };
}

interface Resource {
  id: string | undefined;
  region: string | undefined;
}

/** What every notification has: the ids, where it is, its tags, and OCI's own facts under `oci`. */
function commonDetails(event: OciEvent, { id, region }: Resource): CommonDetails {
  const { data } = event;
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
      // Read from JSON, so that is what it is.
      additional_details: isAboutCredential(event.type)
        ? undefined
        : nonEmpty(redact(data.additionalDetails) as JsonObject),
    },
  };
}

// Some services shout their OCIDs; whoever looks one up elsewhere finds it in lower case.
function idOf(id: string | undefined): string | undefined {
  return (id?.startsWith("OCID1.") ? id.toLowerCase() : id) || undefined;
}

/** Tags as Cloudpods imports them: `ext:` freeform, `sys:` Oracle-Tags. Other defined namespaces go by their own name. */
function metadataOf({ data }: OciEvent): CommonDetails["metadata"] {
  // Freeform tags last: a namespace may bear the name `ext`.
  const namespaces = [...Object.entries(data.definedTags), ["ext", data.freeformTags] as const];
  const tags = namespaces.flatMap(([namespace, values]) => {
    const prefix = namespace === "Oracle-Tags" ? "sys" : namespace;
    const redacted = redact(values);
    if (!isRecord(redacted)) return [];
    return Object.entries(redacted).map(([key, value]): [string, string] => [`${prefix}:${key}`, tagText(value)]);
  });
  return nonEmpty(Object.fromEntries(tags));
}

function tagText(value: unknown): string {
  return typeof value === "string" ? value : wireJson(value);
}

function nonEmpty<Value extends object>(value: Value): Value | undefined {
  return Object.keys(value).length > 0 ? value : undefined;
}

// Of the commercial realm: the others have consoles of their own, on other hosts.
const OCID = /^ocid1\.[a-z0-9]+\.oc1\.[a-z0-9._-]+$/i;

/** The resource's page in the console: by its OCID, or where its family says. */
function consoleUrlOf(
  event: OciEvent,
  { id, region, pages, page }: Resource & Pick<Known, "pages" | "page">,
): string | undefined {
  const isOcid = id !== undefined && OCID.test(id);
  const path = isOcid && pages !== undefined ? `${pages}/${id}` : page?.map(urlPart).join("/");
  // What has no OCID is in the realm of its compartment.
  const isInRealm = isOcid || OCID.test(event.data.compartmentId ?? "");
  return path === undefined || region === undefined || !isInRealm
    ? undefined
    : `https://cloud.oracle.com/${path}?region=${region}`;
}

// encodeURIComponent throws at a lone surrogate.
function urlPart(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

/** "file_system" -> "File system" */
function nounOf(resourceType: string): string {
  const words = resourceType.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
