import * as z from "zod/mini";
import { defineHandler, text } from "../src/handler.ts";

/** Alarms of OCI Monitoring, which come through ONS; their event types are the relay's own (src/twin/alarm.ts). */
export const alarm = defineHandler({
  resourceType: "alarm",
  noun: "Alarm",
  // alarmUrl of https://docs.oracle.com/iaas/Content/Monitoring/alarm-message-format.htm
  console: "monitoring/alarms",
  actions: {
    "com.oraclecloud.monitoring.alarm.ok_to_firing": "firing",
    "com.oraclecloud.monitoring.alarm.firing_to_ok": "ok",
    "com.oraclecloud.monitoring.alarm.repeat": "repeat",
    "com.oraclecloud.monitoring.alarm.reset": "reset",
  },
  additionalDetails: () => z.object({ status: text, severity: text, body: text }),
  normalise: ({ action, additionalDetails: { status, severity, body } }) => ({
    did: DID[action],
    details: { status: status?.toLowerCase(), severity: severity?.toLowerCase(), description: body },
  }),
});

const DID: Readonly<Record<string, string>> = {
  firing: "is firing",
  ok: "is ok again",
  repeat: "is still firing",
  reset: "was reset",
};
