import { randomUUID } from "node:crypto";
import type { Cloud } from "../emulator/cloud.ts";

interface ServiceEvent {
  /** com.oraclecloud.objectstorage.createbucket */
  eventType: string;
  /** As this service spells itself: ObjectStorage. */
  source: string;
  compartmentId: string;
  /** Beside what stands in the data of every event. */
  data: Record<string, unknown>;
}

/**
 * Puts what a service has to say of itself on the bus. Nobody waits for what becomes of it: the caller's request is
 * answered before, and a function that writes an object may well be the one that a rule then calls.
 * { "eventType": "com.oraclecloud.objectstorage.createbucket", "cloudEventsVersion": "0.1", "eventTypeVersion": "2.0",
 *   "source": "ObjectStorage", "eventTime": "2026-11-03T10:00:00Z", "contentType": "application/json", "data": {…},
 *   "eventID": "…", "extensions": { "compartmentId": "ocid1.compartment…" } }
 */
export function emitServiceEvent(cloud: Cloud, { eventType, source, compartmentId, data }: ServiceEvent): void {
  void cloud.emit({
    eventType,
    cloudEventsVersion: "0.1",
    eventTypeVersion: "2.0",
    source,
    eventTime: `${new Date().toISOString().slice(0, 19)}Z`,
    contentType: "application/json",
    data: {
      compartmentId,
      compartmentName: compartmentName(cloud, compartmentId),
      ...data,
      availabilityDomain: `${REGION_KEYS.get(cloud.region) ?? cloud.region.toUpperCase()}-AD-1`,
    },
    eventID: randomUUID(),
    extensions: { compartmentId },
  });
}

/** Regions of the first days name their availability domains by a short key, all later ones by themselves. */
const REGION_KEYS = new Map([
  ["us-phoenix-1", "PHX"],
  ["us-ashburn-1", "IAD"],
]);

/** A compartment that Identity does not know may be used all the same; it goes by a name of ours. */
function compartmentName(cloud: Cloud, compartmentId: string): string {
  if (compartmentId === cloud.tenancyId) return "root";
  return cloud.store.collection<{ name?: string }>("compartments").get(compartmentId)?.name ?? "local";
}
