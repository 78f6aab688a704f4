import * as z from "zod/mini";
import { defineHandler, text } from "../src/handler.ts";

/**
 * Compute instances. additionalDetails, captured 2021:
 * { "imageId": "ocid1.image…", "shape": "VM.Standard.E2.1.Micro", "type": "CustomerVmi", "volumeId": "null",
 *   "X-Real-Port": 55060, "instanceActionType": "softstop" } (the last with instanceaction.* only)
 */
export const instance = defineHandler({
  resourceType: "server",
  noun: "Instance",
  // As frappe/press links to it (press/press/doctype/virtual_machine/virtual_machine.js).
  console: "compute/instances",
  actions: {
    "com.oraclecloud.computeapi.launchinstance.begin": "status_changed",
    "com.oraclecloud.computeapi.launchinstance.end": "create",
    "com.oraclecloud.computeapi.updateinstance": "update",
    "com.oraclecloud.computeapi.instanceaction.begin": "status_changed",
    "com.oraclecloud.computeapi.instanceaction.end": "status_changed",
    "com.oraclecloud.computeapi.terminateinstance.begin": "status_changed",
    "com.oraclecloud.computeapi.terminateinstance.end": "delete",
    "com.oraclecloud.computeapi.changeinstancecompartment.begin": "update",
    "com.oraclecloud.computeapi.changeinstancecompartment.end": "update",
    "com.oraclecloud.computeapi.livemigrate.begin": "status_changed",
    "com.oraclecloud.computeapi.livemigrate.end": "migrate",
    "com.oraclecloud.computeapi.instancefailed": "status_changed",
    "com.oraclecloud.computeapi.instancepreemptionaction": "update",
    "com.oraclecloud.computeapi.instancemaintenance": "update",
    "com.oraclecloud.computeapi.instancemaintenance.begin": "update",
    "com.oraclecloud.computeapi.instancemaintenance.end": "update",
  },
  additionalDetails: () => z.object({ shape: text, instanceActionType: text }),
  normalise({ event, action, additionalDetails: { shape, instanceActionType } }) {
    const operation = event.type.slice("com.oraclecloud.computeapi.".length);
    const change = operation.startsWith("instanceaction.")
      ? POWER_CHANGES.get(`${instanceActionType?.toLowerCase()}${operation.slice("instanceaction".length)}`)
      : STATUS_CHANGES.get(operation);
    return {
      // An instance action that is none of the power changes is reported as what is certain: something was updated.
      action: action === "status_changed" && change === undefined ? "update" : action,
      result: operation === "instancefailed" ? "failed" : "succeed",
      did: change?.did ?? DID.get(operation),
      details: {
        hypervisor: "oracle",
        instance_type: shape,
        status: change?.to ?? STATUS_AFTER.get(operation),
        ...(change && { old_status: change.from, new_status: change.to }),
      },
    };
  },
});

interface Change {
  /** Inferred: OCI's events do not carry the state before. Yunion's state words. */
  from: string;
  to: string;
  did: string;
}

const stopped: Change = { from: "stopping", to: "ready", did: "stopped" };
const stopping: Change = { from: "running", to: "stopping", did: "stopping" };
const restarted: Change = { from: "starting", to: "running", did: "restarted" };
const restarting: Change = { from: "running", to: "stopping", did: "restarting" };

const POWER_CHANGES = new Map<string, Change>([
  ["start.begin", { from: "ready", to: "starting", did: "starting" }],
  ["start.end", { from: "starting", to: "running", did: "started" }],
  ["stop.begin", stopping],
  ["stop.end", stopped],
  ["softstop.begin", stopping],
  ["softstop.end", stopped],
  ["reset.begin", restarting],
  ["reset.end", restarted],
  ["softreset.begin", restarting],
  ["softreset.end", restarted],
]);

const STATUS_CHANGES = new Map<string, Change>([
  ["launchinstance.begin", { from: "init", to: "deploying", did: "launching" }],
  ["terminateinstance.begin", { from: "running", to: "deleting", did: "terminating" }],
  ["livemigrate.begin", { from: "running", to: "migrating", did: "migrating" }],
  ["instancefailed", { from: "running", to: "unknown", did: "failed" }],
]);

const STATUS_AFTER = new Map([
  ["launchinstance.end", "running"],
  ["terminateinstance.end", "deleting"],
  ["livemigrate.end", "running"],
]);

const DID = new Map([
  ["terminateinstance.end", "terminated"],
  ["changeinstancecompartment.begin", "moving to another compartment"],
  ["changeinstancecompartment.end", "moved to another compartment"],
  ["instancepreemptionaction", "preempted"],
  ["instancemaintenance", "maintenance announced"],
  ["instancemaintenance.begin", "maintenance started"],
  ["instancemaintenance.end", "maintenance finished"],
]);
