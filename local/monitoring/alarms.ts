import * as z from "zod";
import {
  bodyOf,
  type Call,
  change,
  json,
  newThing,
  notFound,
  type Operation,
  refuse,
  type Thing,
} from "../emulator/api.ts";
import type { Cloud } from "../emulator/cloud.ts";
import { compartmentIdSchema, isForeign } from "../emulator/compartment-id.ts";
import { may, reach } from "../emulator/reach.ts";
import { rememberMade, retried } from "../emulator/retried.ts";
import type { HttpAnswer } from "../loopback.ts";
import { createAlarmSchema, updateAlarmSchema } from "./alarm-details.ts";
import type { AlarmState } from "./alarm-evaluation.ts";

const moveSchema = z.object({ compartmentId: compartmentIdSchema });

type Details = z.output<typeof createAlarmSchema>;

export interface Alarm extends Thing, Omit<Details, keyof Thing | "pendingDuration"> {
  pendingDuration: string;
  ruleName: "BASE";
  lifecycleState: "ACTIVE";
  timeUpdated: string;
}

/** Alarms, but for the lists of them; see createAlarmLists and createAlarmEvaluation. */
export function createAlarms(cloud: Cloud): { operations: Operation[] } {
  const alarms = cloud.store.collection<Alarm>("alarms");
  const states = cloud.store.collection<AlarmState>("alarm-states");
  const reached = (call: Call, permission: string) =>
    reach(cloud, call, { thing: alarms.get(call.parameters.alarmId ?? ""), permission });
  const path = "/20180401/alarms";
  return {
    operations: [
      { method: "POST", path, answer: create },
      { method: "GET", path: `${path}/{alarmId}`, answer: get },
      { method: "PUT", path: `${path}/{alarmId}`, answer: update },
      { method: "DELETE", path: `${path}/{alarmId}`, answer: remove },
      { method: "POST", path: `${path}/{alarmId}/actions/changeCompartment`, answer: move },
    ],
  };

  function create(call: Call): HttpAnswer {
    const body = bodyOf(call, createAlarmSchema);
    if (!body.ok) return body.answer;
    const { compartmentId, freeformTags, definedTags } = body.value;
    if (isForeign(compartmentId, cloud) || !mayHave(call, "ALARM_CREATE", body.value)) return notFound(call);
    const problem = subtreeProblem(call, body.value);
    if (problem !== undefined) return problem;
    const again = retried(call, { store: cloud.store, things: alarms, shown: shownAnswer });
    if (again !== undefined) return again;
    const thing = newThing({ kind: "alarm", region: cloud.region }, { compartmentId, freeformTags, definedTags });
    const made: Alarm = {
      ...EMPTY,
      ...body.value,
      ...thing,
      resolution: "1m",
      pendingDuration: body.value.pendingDuration ?? "PT1M",
      messageFormat: body.value.messageFormat ?? "RAW",
      metricCompartmentIdInSubtree: body.value.metricCompartmentIdInSubtree ?? false,
      isNotificationsPerMetricDimensionEnabled: body.value.isNotificationsPerMetricDimensionEnabled ?? false,
      ruleName: "BASE",
      lifecycleState: "ACTIVE",
      timeUpdated: thing.timeCreated,
    };
    alarms.set(made.id, made);
    rememberMade(call, cloud.store, made.id);
    return shownAnswer(call, made);
  }

  function get(call: Call): HttpAnswer {
    const found = reached(call, "ALARM_READ");
    return "thing" in found ? shownAnswer(call, found.thing) : found.answer;
  }

  function update(call: Call): HttpAnswer {
    const found = reached(call, "ALARM_UPDATE");
    if (!("thing" in found)) return found.answer;
    const body = bodyOf(call, updateAlarmSchema);
    if (!body.ok) return body.answer;
    const { compartmentId: _, ...details } = body.value;
    const merged: Details = { ...found.thing, ...given(details) };
    const problem = mayHave(call, "ALARM_UPDATE", merged) ? subtreeProblem(call, merged) : notFound(call);
    if (problem !== undefined) return problem;
    change(found.thing, { ...details, timeUpdated: new Date().toISOString() });
    // Another question: what was found for the old one counts no more.
    if (details.query || details.namespace || details.metricCompartmentId) states.delete(found.thing.id);
    return shownAnswer(call, found.thing);
  }

  function remove(call: Call): HttpAnswer {
    const found = reached(call, "ALARM_DELETE");
    if (!("thing" in found)) return found.answer;
    alarms.delete(found.thing.id);
    states.delete(found.thing.id);
    return json(call, 204, undefined);
  }

  function move(call: Call): HttpAnswer {
    const found = reached(call, "ALARM_MOVE");
    if (!("thing" in found)) return found.answer;
    const body = bodyOf(call, moveSchema);
    if (!body.ok) return body.answer;
    const { compartmentId } = body.value;
    if (isForeign(compartmentId, cloud) || !may(cloud, call, "ALARM_MOVE", { compartmentId })) return notFound(call);
    change(found.thing, { compartmentId, timeUpdated: new Date().toISOString() });
    return json(call, 200, undefined, { etag: found.thing.etag });
  }

  /** An alarm reads metrics, so whoever makes it must be able to. */
  function mayHave(call: Call, permission: string, alarm: Details): boolean {
    const { compartmentId, metricCompartmentId, namespace } = alarm;
    const metrics = { compartmentId: metricCompartmentId, variables: { "target.metrics.namespace": namespace } };
    return may(cloud, call, permission, { compartmentId }) && may(cloud, call, "METRIC_READ", metrics);
  }

  function subtreeProblem(call: Call, alarm: Details): HttpAnswer | undefined {
    if (!alarm.metricCompartmentIdInSubtree || alarm.metricCompartmentId === cloud.tenancyId) return undefined;
    const message = "metricCompartmentIdInSubtree: true only where metricCompartmentId is the OCID of the tenancy";
    return refuse(call, 400, "InvalidParameter", message);
  }
}

/** What there is not is null. */
const EMPTY = {
  resourceGroup: null,
  body: null,
  repeatNotificationDuration: null,
  suppression: null,
  notificationVersion: null,
  notificationTitle: null,
  evaluationSlackDuration: null,
  alarmSummary: null,
};

function shownAnswer(call: Call, alarm: Alarm): HttpAnswer {
  const { etag, ...shown } = alarm;
  return json(call, 200, { ...shown, overrides: null }, { etag });
}

function given(details: Record<string, unknown>): Partial<Details> {
  return Object.fromEntries(Object.entries(details).filter(([, value]) => value !== undefined && value !== null));
}
