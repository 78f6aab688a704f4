import documented from "../../handlers/event-types.json" with { type: "json" };
import { isDocumented } from "../../src/documented.ts";
import type { Result } from "../../src/problem.ts";
import { typeAdvice } from "../../src/suggest/advice.ts";
import { nearName } from "../near-name.ts";
import packs from "./cis-event-packs.json" with { type: "json" };

/** The event types that an audit or a landing zone asks for. */
export interface EventPack {
  eventTypes: readonly string[];
  /** One line for each type that was put right. */
  notes: readonly string[];
}

interface Listed {
  eventTypes: readonly string[];
}

const { cisChecks, landingZonePacks } = packs;

/** Every check of the CIS benchmark together. */
const CIS = "cis";

const listed: ReadonlyMap<string, Listed> = new Map<string, Listed>([
  [CIS, { eventTypes: Object.values(cisChecks).flatMap(({ eventTypes }) => eventTypes) }],
  ...Object.entries(landingZonePacks),
  ...Object.entries(cisChecks),
]);

/** cis, the packs of Oracle's landing zone, and single checks such as 4.7. */
export const packNames: readonly string[] = [...listed.keys()];

/** Types that Oracle's landing zone has under names that its list of events lacks -> the documented ones. */
const DOCUMENTED_AS: ReadonlyMap<string, string> = new Map([
  [
    "com.oraclecloud.identitycontrolplane.createidpgroupmapping",
    "com.oraclecloud.identitycontrolplane.addidpgroupmapping",
  ],
  [
    "com.oraclecloud.identitycontrolplane.deleteidpgroupmapping",
    "com.oraclecloud.identitycontrolplane.removeidpgroupmapping",
  ],
]);

/** The pack of that name, in any case. */
export function eventPack(name: string): Result<EventPack> {
  const pack = listed.get(name.toLowerCase());
  if (pack === undefined) {
    return { ok: false, problem: `--pack ${name}: there is no such pack; ${nearName(name.toLowerCase(), packNames)}` };
  }
  const notes: string[] = [];
  const eventTypes = pack.eventTypes.map((type) => {
    if (isDocumented(type, documented)) return type;
    const meant = DOCUMENTED_AS.get(type);
    notes.push(
      meant === undefined
        ? `the pack ${name} names ${typeAdvice(type, () => undefined)}`
        : `the pack ${name} names ${type}, which OCI does not document, so ${meant} is in its place`,
    );
    return meant ?? type;
  });
  return { ok: true, value: { eventTypes, notes } };
}
