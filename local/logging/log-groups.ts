import * as z from "zod";
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
import { compartmentIdSchema, isForeign, queriedCompartment } from "../emulator/compartment-id.ts";
import { may, reach } from "../emulator/reach.ts";
import { rememberMade, retried } from "../emulator/retried.ts";
import { sorted } from "../emulator/sorted.ts";
import { tagsSchema } from "../emulator/tags.ts";
import type { WorkRequestResource, WorkRequests } from "../emulator/work-requests.ts";
import type { HttpAnswer } from "../loopback.ts";
import type { Log } from "./logs.ts";

export interface LogGroup extends Thing {
  displayName: string;
  description: string | null;
  timeLastModified: string;
  lifecycleState: "ACTIVE";
}

const detailsSchema = {
  displayName: z.string().min(1).max(255),
  description: z.string().max(400).nullish(),
};
const createSchema = z.object({ compartmentId: compartmentIdSchema, ...detailsSchema, ...tagsSchema });
const moveSchema = z.object({ compartmentId: compartmentIdSchema });
const updateSchema = z.object({
  displayName: detailsSchema.displayName.nullish(),
  description: detailsSchema.description,
  ...tagsSchema,
});

/** Log groups. What a change made is told by its work request, or found by a list: the answer itself has no body. */
export function createLogGroups(cloud: Cloud, workRequests: WorkRequests): { operations: Operation[] } {
  const groups = cloud.store.collection<LogGroup>("log-groups");
  const logs = cloud.store.collection<Log>("logs");
  const reached = (call: Call, permission: string) =>
    reach(cloud, call, { thing: groups.get(call.parameters.logGroupId ?? ""), permission });
  const taken = (
    call: Call,
    { displayName, compartmentId, id }: { displayName: string; compartmentId: string; id?: string },
  ) =>
    [...groups.values()].some(
      (other) => other.compartmentId === compartmentId && other.displayName === displayName && other.id !== id,
    )
      ? refuse(call, 409, "Conflict", `displayName: there is a log group ${displayName} in this compartment`)
      : undefined;
  const path = "/20200531/logGroups";
  return {
    operations: [
      { method: "POST", path, answer: create },
      { method: "GET", path, answer: list },
      { method: "GET", path: `${path}/{logGroupId}`, answer: get },
      { method: "PUT", path: `${path}/{logGroupId}`, answer: update },
      { method: "DELETE", path: `${path}/{logGroupId}`, answer: remove },
      { method: "POST", path: `${path}/{logGroupId}/actions/changeCompartment`, answer: move },
    ],
  };

  function create(call: Call): HttpAnswer {
    const body = bodyOf(call, createSchema);
    if (!body.ok) return body.answer;
    const { displayName, description = null, compartmentId } = body.value;
    if (isForeign(compartmentId, cloud) || !may(cloud, call, "LOG_GROUP_CREATE", { compartmentId }))
      return notFound(call);
    const again = retried(call, {
      store: cloud.store,
      things: groups,
      shown: (_, known) => done(call, "CREATE_LOG_GROUP", known),
    });
    if (again !== undefined) return again;
    const conflict = taken(call, { displayName, compartmentId });
    if (conflict !== undefined) return conflict;
    const thing = newThing({ kind: "loggroup", region: cloud.region }, body.value);
    const timeLastModified = thing.timeCreated;
    const made: LogGroup = { ...thing, displayName, description, timeLastModified, lifecycleState: "ACTIVE" };
    groups.set(made.id, made);
    rememberMade(call, cloud.store, made.id);
    return done(call, "CREATE_LOG_GROUP", made);
  }

  function list(call: Call): HttpAnswer {
    const queried = queriedCompartment(call, cloud);
    if ("answer" in queried) return queried.answer;
    if (!may(cloud, call, "LOG_GROUP_INSPECT", { compartmentId: queried.id })) return notFound(call);
    const isDeep = call.query.get("isCompartmentIdInSubtree") === "true";
    const displayName = call.query.get("displayName");
    const found = [...groups.values()].filter(
      (one) =>
        (isDeep ? cloud.isWithin(one.compartmentId, queried.id) : one.compartmentId === queried.id) &&
        (displayName === null || one.displayName === displayName),
    );
    const inOrder = sorted(call, found, {
      timeCreated: (one) => one.timeCreated,
      displayName: (one) => one.displayName,
    });
    return "answer" in inOrder ? inOrder.answer : page(call, inOrder.items.map(shown));
  }

  function get(call: Call): HttpAnswer {
    const found = reached(call, "LOG_GROUP_READ");
    return "thing" in found ? json(call, 200, shown(found.thing), { etag: found.thing.etag }) : found.answer;
  }

  function update(call: Call): HttpAnswer {
    const found = reached(call, "LOG_GROUP_UPDATE");
    if (!("thing" in found)) return found.answer;
    const body = bodyOf(call, updateSchema);
    if (!body.ok) return body.answer;
    const { displayName } = body.value;
    const conflict = displayName ? taken(call, { ...found.thing, displayName }) : undefined;
    if (conflict !== undefined) return conflict;
    change(found.thing, { ...body.value, timeLastModified: new Date().toISOString() });
    return done(call, "UPDATE_LOG_GROUP", found.thing);
  }

  function remove(call: Call): HttpAnswer {
    const found = reached(call, "LOG_GROUP_DELETE");
    if (!("thing" in found)) return found.answer;
    const { thing } = found;
    if ([...logs.values()].some(({ logGroupId }) => logGroupId === thing.id)) {
      return refuse(call, 409, "Conflict", "The log group holds logs: delete them first.");
    }
    groups.delete(thing.id);
    return done(call, "DELETE_LOG_GROUP", thing);
  }

  /** Its logs go with it. */
  function move(call: Call): HttpAnswer {
    const found = reached(call, "LOG_GROUP_UPDATE");
    if (!("thing" in found)) return found.answer;
    const body = bodyOf(call, moveSchema);
    if (!body.ok) return body.answer;
    const { thing } = found;
    const { compartmentId } = body.value;
    if (isForeign(compartmentId, cloud) || !may(cloud, call, "LOG_GROUP_CREATE", { compartmentId })) {
      return notFound(call);
    }
    const conflict = taken(call, { ...thing, compartmentId });
    if (conflict !== undefined) return conflict;
    change(thing, { compartmentId, timeLastModified: new Date().toISOString() });
    for (const log of logs.values()) if (log.logGroupId === thing.id) change(log, { compartmentId });
    return done(call, "MOVE_LOG_GROUP", thing);
  }

  function done(call: Call, operationType: keyof typeof ACTIONS, { id, compartmentId }: LogGroup): HttpAnswer {
    const entityUri = `/20200531/logGroups/${id}`;
    const resource: WorkRequestResource = {
      entityType: "loggroup",
      actionType: ACTIONS[operationType],
      identifier: id,
      entityUri,
    };
    const workRequestId = workRequests.finished({ operationType, compartmentId, resources: [resource] });
    return json(call, 202, undefined, { "opc-work-request-id": workRequestId });
  }

  function shown({ etag: _, ...group }: LogGroup) {
    return group;
  }
}

const ACTIONS = {
  CREATE_LOG_GROUP: "CREATED",
  UPDATE_LOG_GROUP: "UPDATED",
  DELETE_LOG_GROUP: "DELETED",
  MOVE_LOG_GROUP: "UPDATED",
} as const;
