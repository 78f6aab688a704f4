import type { Kind } from "./desired.ts";
import type { Expression } from "./expression.ts";
import type { collections } from "./inputs.ts";
import { access } from "./resources/access.ts";
import { alarms } from "./resources/alarms.ts";
import { code } from "./resources/code.ts";
import { logs } from "./resources/logs.ts";
import { messages } from "./resources/messages.ts";
import { rules } from "./resources/rules.ts";
import { lifecycles, stores } from "./resources/stores.ts";

/** One resource, or with `each` one for every item. */
export interface Row {
  /** Its kind, and what tells it from others of the kind: "bucket dead-letters" */
  key: string;
  kind: Kind;
  each?: keyof typeof collections;
  /** Without an image somebody else makes it: it is found by some of its attributes, and some of them are set. */
  found?: { by: readonly string[]; sets: readonly string[] };
  /** Rows that must be there first although it does not refer to them. */
  after?: readonly string[];
  /** By the names of the SDK's Create…Details. */
  attributes: Readonly<Record<string, Expression>>;
}

/** All that an installation of the relay needs: `relay provision` and the Terraform stack are made of this. In order of creation. */
export const resources: readonly Row[] = [
  ...messages,
  ...stores,
  ...code,
  ...access,
  // After the policy: Object Storage refuses a lifecycle policy that it may not carry out.
  ...lifecycles,
  ...rules,
  ...alarms,
  // Last: without a log the relay works all the same.
  ...logs,
];
