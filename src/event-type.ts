import type { DocumentedEventType } from "../handlers/event-type.ts";

export type { DocumentedEventType };

declare const CUSTOM: unique symbol;

/** An event type that the documented list lacks, and that is meant: `customType("com.oraclecloud.…")`. */
export type CustomEventType = string & { readonly [CUSTOM]: true };

/**
 * Says that an event type which is not documented is no slip of the pen: Oracle's list is known to be incomplete.
 * @param type com.oraclecloud.<service>.<operation>[.<phase>], lower case
 */
export function customType(type: string): CustomEventType {
  return type as CustomEventType;
}

/** An event type to match: a documented one, a pattern, or a custom one. */
export type EventTypeFilter = DocumentedEventType | `${string}*${string}` | CustomEventType;

/** Arrays are OR, objects are matched field by field, `*` in a text stands for any characters. */
export type FilterValue = string | number | boolean | readonly FilterValue[] | FilterFields;

type FilterFields = { readonly [field: string]: FilterValue };

/** What every payload may have; further fields go by the event's source. */
type DataFilter = FilterFields & {
  readonly compartmentId?: FilterValue;
  readonly compartmentName?: FilterValue;
  readonly resourceName?: FilterValue;
  readonly resourceId?: FilterValue;
  readonly availabilityDomain?: FilterValue;
  readonly freeformTags?: FilterValue;
  readonly definedTags?: FilterValue;
  readonly additionalDetails?: FilterValue;
};

/**
 * A condition as it is written in code (src/condition.ts has what it means): all that a `Condition` may say, but a
 * misspelt event type or field of the envelope does not compile.
 *
 * @see https://docs.oracle.com/en-us/iaas/Content/Events/Reference/eventenvelopereference.htm
 */
// No interface: only a type alias counts as a record, which a Condition is.
export type RuleCondition = {
  readonly eventType?: EventTypeFilter | readonly EventTypeFilter[];
  readonly cloudEventsVersion?: FilterValue;
  readonly eventTypeVersion?: FilterValue;
  readonly source?: FilterValue;
  readonly eventID?: FilterValue;
  readonly eventTime?: FilterValue;
  readonly contentType?: FilterValue;
  readonly extensions?: FilterFields | readonly FilterFields[];
  readonly data?: DataFilter | readonly DataFilter[];
};
