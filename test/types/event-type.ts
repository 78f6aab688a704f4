// Compiled by `npm run types`: what is marked must not compile, all else must.
import type { Condition } from "../../src/condition.ts";
import {
  customType,
  type DocumentedEventType,
  type EventTypeFilter,
  type RuleCondition,
} from "../../src/event-type.ts";
import type { Equal, Holds } from "./equal.ts";

declare const anyText: string;

export const conditions: RuleCondition[] = [
  {},
  { eventType: "com.oraclecloud.computeapi.launchinstance.end" },
  { eventType: "com.oraclecloud.monitoring.alarm.repeat" },
  { eventType: ["com.oraclecloud.computeapi.terminateinstance.end", "com.oraclecloud.objectstorage.*bucket"] },
  { eventType: [customType("com.oraclecloud.brandnew.thing")] },
  { eventType: "*", data: { compartmentName: ["prod", "stage*"], additionalDetails: { size: 1, on: [true, "*"] } } },

  // @ts-expect-error: misspelt
  { eventType: "com.oraclecloud.computeapi.launchinstnce.end" },
  // @ts-expect-error: misspelt, among others
  { eventType: ["com.oraclecloud.computeapi.launchinstance.end", "com.oraclecloud.computeapi.lanchinstance.end"] },
  // @ts-expect-error: in the case of audit records, in which no rule ever fires
  { eventType: "com.oraclecloud.ComputeApi.LaunchInstance.End" },
  // @ts-expect-error: any text at all
  { eventType: anyText },
  // @ts-expect-error: a field of the envelope, misspelt
  { evenType: "com.oraclecloud.computeapi.launchinstance.end" },
  // @ts-expect-error: null is no filter
  { data: { compartmentName: null } },
  // @ts-expect-error: neither is what is not there
  { source: undefined },
];

/** What matches is written as it is. */
export const condition: Condition = conditions[0] ?? {};

export type Claims = [
  // Not widened: an editor has the literals to complete.
  Holds<Equal<string extends EventTypeFilter ? "widened" : "kept", "kept">>,
  Holds<Equal<Extract<EventTypeFilter, DocumentedEventType>, DocumentedEventType>>,
  Holds<Equal<string extends DocumentedEventType ? "widened" : "kept", "kept">>,
];
