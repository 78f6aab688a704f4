import type * as z from "zod";
import {
  bodyOf,
  type Call,
  change,
  json,
  newThing,
  notFound,
  type Operation,
  page,
  refuse,
  type Thing,
} from "../emulator/api.ts";
import type { Cloud } from "../emulator/cloud.ts";
import { may, reach } from "../emulator/reach.ts";
import { rememberMade, retried } from "../emulator/retried.ts";
import { sorted } from "../emulator/sorted.ts";
import { stateProblem } from "../emulator/state-problem.ts";
import type { WorkRequests } from "../emulator/work-requests.ts";
import type { HttpAnswer } from "../loopback.ts";
import { createLogSchema, updateLogSchema } from "./log-details.ts";
import type { LogGroup } from "./log-groups.ts";

export interface Log extends Thing {
  tenancyId: string;
  logGroupId: string;
  displayName: string;
  logType: "CUSTOM" | "SERVICE";
  isEnabled: boolean;
  configuration: NonNullable<z.output<typeof createLogSchema>["configuration"]> | null;
  retentionDuration: number;
  timeLastModified: string;
  /** INACTIVE while it is not enabled. */
  lifecycleState: "ACTIVE" | "INACTIVE";
}

const LOG_TYPES = ["CUSTOM", "SERVICE"];
const STATES = ["CREATING", "ACTIVE", "UPDATING", "INACTIVE", "DELETING", "FAILED"];

/** The logs of log groups. As with the groups, an answer to a change has no body. */
export function createLogs(cloud: Cloud, workRequests: WorkRequests): { operations: Operation[] } {
  const groups = cloud.store.collection<LogGroup>("log-groups");
  const logs = cloud.store.collection<Log>("logs");
  const path = "/20200531/logGroups/{logGroupId}/logs";
  const reached = (call: Call, permission: string) => {
    const log = logs.get(call.parameters.logId ?? "");
    return reach(cloud, call, { thing: log?.logGroupId === call.parameters.logGroupId ? log : undefined, permission });
  };
  const groupOf = (call: Call, permission: string) => {
    const group = groups.get(call.parameters.logGroupId ?? "");
    return group !== undefined && may(cloud, call, permission, group) ? group : undefined;
  };
  return {
    operations: [
      { method: "POST", path, answer: create },
      { method: "GET", path, answer: list },
      { method: "GET", path: `${path}/{logId}`, answer: get },
      { method: "PUT", path: `${path}/{logId}`, answer: update },
      { method: "DELETE", path: `${path}/{logId}`, answer: remove },
    ],
  };

  function create(call: Call): HttpAnswer {
    const group = groupOf(call, "LOG_GROUP_CREATE");
    if (group === undefined) return notFound(call);
    const body = bodyOf(call, createLogSchema);
    if (!body.ok) return body.answer;
    const { displayName, logType, configuration = null, isEnabled, retentionDuration } = body.value;
    const again = retried(call, {
      store: cloud.store,
      things: logs,
      shown: (_, known) => done(call, "CREATE_LOG", known),
    });
    if (again !== undefined) return again;
    const source = configuration?.source;
    const twin = [...logs.values()].find(({ configuration: other }) => isSame(other?.source, source));
    if (twin !== undefined) {
      const message = `configuration.source: the log ${twin.id} has this resource and category, and there can be one only`;
      return refuse(call, 409, "Conflict", message);
    }
    const conflict = taken(call, { displayName, logGroupId: group.id });
    if (conflict !== undefined) return conflict;
    const { compartmentId } = group;
    const thing = newThing({ kind: "log", region: cloud.region }, { ...body.value, compartmentId });
    const log: Log = {
      ...thing,
      tenancyId: cloud.tenancyId,
      logGroupId: group.id,
      displayName,
      logType,
      isEnabled: isEnabled ?? true,
      configuration: configuration && { ...configuration, compartmentId: configuration.compartmentId ?? compartmentId },
      retentionDuration: retentionDuration ?? 30,
      timeLastModified: thing.timeCreated,
      lifecycleState: isEnabled === false ? "INACTIVE" : "ACTIVE",
    };
    logs.set(log.id, log);
    rememberMade(call, cloud.store, log.id);
    return done(call, "CREATE_LOG", log);
  }

  function list(call: Call): HttpAnswer {
    const group = groupOf(call, "LOG_GROUP_INSPECT");
    if (group === undefined) return notFound(call);
    const asked = (name: string) => call.query.get(name);
    const [logType, lifecycleState] = [asked("logType"), asked("lifecycleState")?.toUpperCase() ?? null];
    if (logType !== null && !LOG_TYPES.includes(logType)) {
      return refuse(call, 400, "InvalidParameter", `logType: one of ${LOG_TYPES.join(", ")}`);
    }
    const wrongState = stateProblem(call, STATES);
    if (wrongState !== undefined) return wrongState;
    const is = (wanted: string | null, value: string | undefined) => wanted === null || wanted === value;
    const found = [...logs.values()].filter(
      (log) =>
        log.logGroupId === group.id &&
        is(logType, log.logType) &&
        is(asked("sourceService"), log.configuration?.source.service) &&
        is(asked("sourceResource"), log.configuration?.source.resource) &&
        is(asked("displayName"), log.displayName) &&
        is(lifecycleState, log.lifecycleState),
    );
    const inOrder = sorted(call, found, {
      timeCreated: (log) => log.timeCreated,
      displayName: (log) => log.displayName,
    });
    if ("answer" in inOrder) return inOrder.answer;
    return page(
      call,
      inOrder.items.map(shown).map(({ tenancyId: _, ...summary }) => summary),
    );
  }

  function get(call: Call): HttpAnswer {
    const found = reached(call, "LOG_GROUP_READ");
    return "thing" in found ? json(call, 200, shown(found.thing), { etag: found.thing.etag }) : found.answer;
  }

  function update(call: Call): HttpAnswer {
    const found = reached(call, "LOG_GROUP_UPDATE");
    if (!("thing" in found)) return found.answer;
    const body = bodyOf(call, updateLogSchema);
    if (!body.ok) return body.answer;
    const { thing: log } = found;
    const { configuration, displayName, ...details } = body.value;
    const conflict = displayName ? taken(call, { ...log, displayName }) : undefined;
    if (conflict !== undefined) return conflict;
    if (configuration && log.configuration === null) {
      return refuse(call, 400, "InvalidParameter", "configuration: a log of type CUSTOM has none");
    }
    change(log, { ...details, displayName, timeLastModified: new Date().toISOString() });
    if (configuration && log.configuration !== null) {
      Object.assign(log.configuration.source, configuration.source);
      log.configuration.archiving = configuration.archiving ?? log.configuration.archiving;
    }
    log.lifecycleState = log.isEnabled ? "ACTIVE" : "INACTIVE";
    return done(call, "UPDATE_LOG", log);
  }

  function remove(call: Call): HttpAnswer {
    const found = reached(call, "LOG_GROUP_DELETE");
    if (!("thing" in found)) return found.answer;
    logs.delete(found.thing.id);
    return done(call, "DELETE_LOG", found.thing);
  }

  function taken(call: Call, wanted: { displayName: string; logGroupId: string; id?: string }): HttpAnswer | undefined {
    const { displayName, logGroupId, id } = wanted;
    const isTaken = [...logs.values()].some(
      (other) => other.logGroupId === logGroupId && other.displayName === displayName && other.id !== id,
    );
    return isTaken
      ? refuse(call, 409, "Conflict", `displayName: there is a log ${displayName} in this log group`)
      : undefined;
  }

  function done(call: Call, operationType: keyof typeof ACTIONS, log: Log): HttpAnswer {
    const entityUri = `/20200531/logGroups/${log.logGroupId}/logs/${log.id}`;
    const resource = { entityType: "log", actionType: ACTIONS[operationType], identifier: log.id, entityUri };
    const { compartmentId } = log;
    const workRequestId = workRequests.finished({ operationType, compartmentId, resources: [resource] });
    return json(call, 202, undefined, { "opc-work-request-id": workRequestId });
  }

  function shown({ etag: _, ...log }: Log) {
    return log;
  }
}

const ACTIONS = { CREATE_LOG: "CREATED", UPDATE_LOG: "UPDATED", DELETE_LOG: "DELETED" } as const;

type Source = NonNullable<Log["configuration"]>["source"];

function isSame(one: Source | undefined, other: Source | undefined): boolean {
  return (
    one !== undefined &&
    one.service === other?.service &&
    one.resource === other.resource &&
    one.category === other.category
  );
}
