import { type Call, notFound, type Operation, page, refuse } from "../emulator/api.ts";
import type { Cloud } from "../emulator/cloud.ts";
import { queriedCompartment } from "../emulator/compartment-id.ts";
import { may } from "../emulator/reach.ts";
import { sorted } from "../emulator/sorted.ts";
import { stateProblem } from "../emulator/state-problem.ts";
import type { HttpAnswer } from "../loopback.ts";
import type { AlarmState } from "./alarm-evaluation.ts";
import { summaryOf } from "./alarm-message.ts";
import type { Alarm } from "./alarms.ts";

const SEVERITIES = ["CRITICAL", "ERROR", "WARNING", "INFO"];
const BY = {
  displayName: (alarm: Alarm) => alarm.displayName,
  // The gravest first.
  severity: (alarm: Alarm) => String(SEVERITIES.indexOf(alarm.severity)),
};

/** ListAlarms, and ListAlarmsStatus: what has become of them. */
export function createAlarmLists(cloud: Cloud): { operations: Operation[] } {
  const alarms = cloud.store.collection<Alarm>("alarms");
  const states = cloud.store.collection<AlarmState>("alarm-states");
  return {
    operations: [
      { method: "GET", path: "/20180401/alarms", answer: list },
      { method: "GET", path: "/20180401/alarms/status", answer: listStatus },
    ],
  };

  function list(call: Call): HttpAnswer {
    const wrongState = stateProblem(call, ["ACTIVE", "DELETING", "DELETED"]);
    if (wrongState !== undefined) return wrongState;
    const found = listed(call);
    if ("answer" in found) return found.answer;
    const state = call.query.get("lifecycleState") ?? "ACTIVE";
    const inOrder = sorted(
      call,
      found.alarms.filter(({ lifecycleState }) => lifecycleState === state),
      BY,
    );
    return "answer" in inOrder ? inOrder.answer : page(call, inOrder.items.map(summary));
  }

  function listStatus(call: Call): HttpAnswer {
    const found = listed(call);
    if ("answer" in found) return found.answer;
    const [status, resourceId] = [call.query.get("status"), call.query.get("resourceId")];
    if (status !== null && status !== "FIRING" && status !== "OK") {
      return refuse(call, 400, "InvalidParameter", "status: one of FIRING, OK");
    }
    const inOrder = sorted(
      call,
      found.alarms.filter(({ isEnabled }) => isEnabled),
      BY,
    );
    if ("answer" in inOrder) return inOrder.answer;
    const statuses = inOrder.items.map((alarm) => {
      const state = states.get(alarm.id);
      const firing = Object.values(state?.streams ?? {}).filter((stream) => stream.status === "FIRING");
      return { alarm, state, status: firing.length > 0 ? "FIRING" : "OK", firing };
    });
    const shown = statuses
      .filter((one) => status === null || one.status === status)
      .filter(({ firing }) => resourceId === null || firing.some(({ dimensions }) => hasValue(dimensions, resourceId)))
      .map(({ alarm, state, status, firing }) => ({
        id: alarm.id,
        displayName: alarm.displayName,
        severity: alarm.severity,
        ruleName: alarm.ruleName,
        timestampTriggered: state?.timeTriggered ?? alarm.timeCreated,
        alarmSummary: summaryOf(alarm, firing.flatMap(({ dimensions }) => dimensions).length),
        status,
        suppression: alarm.suppression ?? null,
      }));
    return page(call, shown);
  }

  function listed(call: Call): { alarms: Alarm[] } | { answer: HttpAnswer } {
    const queried = queriedCompartment(call, cloud);
    if ("answer" in queried) return queried;
    const isDeep = call.query.get("compartmentIdInSubtree") === "true";
    if (isDeep && queried.id !== cloud.tenancyId) {
      const message = "compartmentIdInSubtree: true only with the OCID of the tenancy";
      return { answer: refuse(call, 400, "InvalidParameter", message) };
    }
    if (!may(cloud, call, "ALARM_INSPECT", { compartmentId: queried.id })) return { answer: notFound(call) };
    const displayName = call.query.get("displayName");
    const found = [...alarms.values()].filter(
      (alarm) =>
        (isDeep || alarm.compartmentId === queried.id) && (displayName === null || alarm.displayName === displayName),
    );
    return { alarms: found };
  }
}

function summary(alarm: Alarm) {
  const { etag: _, timeCreated: __, timeUpdated: ___, body: ____, resolution: _____, ...shown } = alarm;
  return shown;
}

function hasValue(dimensions: readonly Record<string, string>[], value: string): boolean {
  return dimensions.some((one) => Object.values(one).includes(value));
}
