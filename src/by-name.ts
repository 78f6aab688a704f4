import { type DocumentedTypes, isDocumented } from "./documented.ts";
import type { OciEvent } from "./envelope.ts";
import type { Normalised } from "./handler.ts";
import { createNaming, type Vocabulary } from "./naming/naming.ts";
import type { NotificationResult } from "./notification.ts";
import { isRecord } from "./problem.ts";
import type { Resource, Resources, States } from "./resource.ts";

/** What is said of an event whose type no handler names. */
export interface Told {
  /** Undefined where no family has the thing. */
  family: string | undefined;
  resourceType: string;
  noun: string;
  action: string;
  /** What happened, to follow the name. */
  did: string | undefined;
  result: NotificationResult;
  /** Where the console has the family's pages. */
  pages: string | undefined;
  details: Normalised["details"] | undefined;
}

/** Normalises by the name of the event type, for all types that no handler names. */
export interface ByName {
  told(event: OciEvent): Told;
  /** True for an event type, lower case, that Oracle documents. */
  isDocumented(type: string): boolean;
}

export interface ByNameFacts {
  vocabulary: Vocabulary;
  resources: Resources;
  states: States;
  /** Asked for at the first `.begin`: the list is big. */
  documented: () => DocumentedTypes;
}

export function createByName({ vocabulary, resources, states, documented }: ByNameFacts): ByName {
  const nameOf = createNaming(vocabulary);
  const families = new Map<string, [family: string, resource: Resource]>();
  for (const [family, resource] of Object.entries(resources)) {
    for (const thing of resource.things.split(" ")) families.set(thing, [family, resource]);
  }

  function statusOf(resourceType: string, state: string | undefined): string | undefined {
    const words = Object.hasOwn(states, resourceType) ? states[resourceType] : undefined;
    return words !== undefined && state !== undefined && Object.hasOwn(words, state) ? words[state] : undefined;
  }

  function familyOf(thing: string) {
    return families.get(thing) ?? families.get(thing.slice(thing.indexOf(".") + 1)) ?? [undefined, undefined];
  }

  return {
    told(event) {
      const { thing, noun, spoken, action, did, result } = nameOf(event.type);
      const [family, resource] = familyOf(thing);
      const resourceType = resource?.is ?? family ?? noun;
      const hasFailed = result === "failed" || endedFailed(event);
      const state = reportedState(event) ?? (hasFailed ? undefined : STATE_AFTER.get(action));
      return {
        family,
        resourceType,
        noun: resource?.noun ?? spoken,
        action,
        did: hasFailed ? undefined : did,
        result: hasFailed ? "failed" : result,
        pages: resource?.console,
        details: resource && detailsOf(resource, event, statusOf(resourceType, state)),
      };
    },
    isDocumented: (type) => isDocumented(type, documented()),
  };
}

/** What a resource is in once it has been done, in OCI's words. */
const STATE_AFTER: ReadonlyMap<string, string> = new Map([
  ["create_begin", "PROVISIONING"],
  ["create", "AVAILABLE"],
  ["delete_begin", "TERMINATING"],
  ["delete", "TERMINATED"],
]);

/** An automatic backup that came to nothing has an end, too, which tells the state of what it was to be. */
function endedFailed({ type, data }: OciEvent): boolean {
  return type.endsWith(".end") && data.additionalDetails.lifecycleState === "FAILED";
}

/** Few events tell their resource's state (captured: databaseservice.automaticbackupdatabase.end); audit records may. */
function reportedState({ data, raw }: OciEvent): string | undefined {
  const change = isRecord(raw.data) && isRecord(raw.data.stateChange) ? raw.data.stateChange.current : undefined;
  const state = data.additionalDetails.lifecycleState ?? (isRecord(change) ? change.lifecycleState : undefined);
  return typeof state === "string" ? state.toUpperCase() : undefined;
}

function detailsOf({ sets, reads }: Resource, { data }: OciEvent, status: string | undefined): Record<string, unknown> {
  const details: Record<string, unknown> = { ...sets, status };
  for (const field in reads) {
    const key = reads[field as keyof typeof reads] ?? "";
    const value = Object.hasOwn(data.additionalDetails, key) ? data.additionalDetails[key] : undefined;
    if (typeof value === "string") details[field] = value.toLowerCase();
  }
  return details;
}
