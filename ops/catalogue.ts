import { resources, states, vocabulary } from "../handlers/by-name.ts";
import documented from "../handlers/event-types.json" with { type: "json" };
import { handlers } from "../handlers/index.ts";
import { createByName } from "../src/by-name.ts";
import { parseEvent } from "../src/envelope.ts";
import { createNaming } from "../src/naming/naming.ts";
import { type Catalogue, createNormaliser } from "../src/normalise.ts";
import { yunionEvent } from "../src/notification.ts";

const byName = createByName({ vocabulary, resources, states, documented: () => documented });

/** The catalogue as src/func.ts and src/catalogue.ts put it together, in one piece. */
export const catalogue: Catalogue = { handlers, byName: () => byName };

/** What the catalogue says of one documented event type. */
export interface CatalogueEntry {
  /** com.oraclecloud.<service>.<operation>[.<phase>] */
  eventType: string;
  service: string;
  /** Without phase: createvolume */
  operation: string;
  /** "begin" and "end"; undefined for an operation that is told of once. */
  phase: string | undefined;
  /** What it is about, as the tables of handlers/ name it: blockvolumes.volume */
  thing: string;
  /** Undefined where the type is named by rule alone. */
  family: string | undefined;
  resourceType: string;
  action: string;
  result: string;
  /** The value of X-Yunion-Event: DISK/CREATE */
  yunionEvent: string;
  /** A `.begin` that is ignored, unless a route names it, because its `.end` will tell the whole. */
  awaitsEnd: boolean;
}

let entries: readonly CatalogueEntry[] | undefined;

/** What the catalogue says of an event type, documented or not: lower case. */
export function entryOf(eventType: string): CatalogueEntry {
  const [, service = "", name = ""] = /^com\.oraclecloud\.([^.]+)\.(.+)$/.exec(eventType) ?? [];
  const [, operation = name, phase] = /^(.+)\.(begin|end)$/.exec(name) ?? [];
  const parsed = parseEvent({ ...EXAMPLE, eventType });
  if (!parsed.ok) throw new Error(`${eventType}: ${parsed.problem}`);
  const notification = normalise(parsed.value);
  const { family, resourceType, action, result } = notification;
  const { thing } = nameOf(eventType);
  return {
    ...{ eventType, service, operation, phase, thing, family, resourceType, action, result },
    yunionEvent: yunionEvent(notification),
    awaitsEnd: isAwaitingEnd(parsed.value),
  };
}

/** Every event type that Oracle documents, in the order of its list, and those that alarms and metrics are read as. */
export function catalogueEntries(): readonly CatalogueEntry[] {
  entries ??= Object.entries(documented).flatMap(([service, operations]) =>
    operations.split(" ").map((operation) => entryOf(`com.oraclecloud.${service}.${operation}`)),
  );
  return entries;
}

const { normalise, isAwaitingEnd } = createNormaliser(catalogue, undefined);
const nameOf = createNaming(vocabulary);

/** The least that an event has; of an instance's actions, which have one type, the one that is commonest. */
const EXAMPLE = {
  cloudEventsVersion: "0.1",
  source: "example",
  eventTime: "2026-03-02T08:16:07Z",
  eventID: "6f1d0c52-8a3e-4a55-9d0b-2b1f6f3c9e01",
  data: { additionalDetails: { instanceActionType: "stop" } },
};
