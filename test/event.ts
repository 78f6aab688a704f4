import { type OciEvent, parseEvent } from "../src/envelope.ts";

/** A valid event, changed where a case needs it. */
export function eventOf(change: Record<string, unknown> = {}, data: Record<string, unknown> = {}): OciEvent {
  const parsed = parseEvent({
    eventType: "com.oraclecloud.computeapi.launchinstance.end",
    cloudEventsVersion: "0.1",
    eventTypeVersion: "2.0",
    source: "ComputeApi",
    eventTime: "2026-03-02T08:16:07Z",
    eventID: "6f1d0c52-8a3e-4a55-9d0b-2b1f6f3c9e01",
    data: { compartmentName: "dev", resourceName: "web-1", resourceId: "ocid1.instance.oc1.iad.example", ...data },
    ...change,
  });
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.value;
}
