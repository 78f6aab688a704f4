import type { HttpAnswer } from "../loopback.ts";
import { type Call, json, newThing, notFound, type Operation, page, refuse, type Thing } from "./api.ts";
import type { Cloud } from "./cloud.ts";
import { queriedCompartment } from "./compartment-id.ts";
import { may } from "./reach.ts";
import { sorted } from "./sorted.ts";

interface WorkRequest extends Thing {
  operationType: string;
  status: "SUCCEEDED";
  resources: WorkRequestResource[];
  percentComplete: 100;
  timeAccepted: string;
  timeStarted: string;
  timeFinished: string;
}

export interface WorkRequestResource {
  entityType: string;
  actionType: "CREATED" | "UPDATED" | "DELETED";
  /** Its OCID. */
  identifier: string;
  entityUri?: string;
}

export interface WorkRequests {
  /**
   * Notes work that is done already: here nothing takes longer than its request.
   * @returns the work request's OCID, for opc-work-request-id
   */
  finished: (work: Pick<WorkRequest, "operationType" | "compartmentId" | "resources">) => string;
  operations: Operation[];
}

const MAX_KEPT = 1_000;

/**
 * The work requests of one service.
 * @param options.version of its API, such as 20200531
 * @param options.permission that reading one takes
 */
export function createWorkRequests(cloud: Cloud, options: { version: string; permission: string }): WorkRequests {
  const workRequests = cloud.store.collection<WorkRequest>(`work-requests-${options.version}`);
  const path = `/${options.version}/workRequests`;
  const nothing = (call: Call) => (reached(call) === undefined ? notFound(call) : page(call, []));
  return {
    finished(work) {
      const thing = newThing({ kind: "workrequest", region: cloud.region }, work);
      const { timeCreated: time } = thing;
      workRequests.set(thing.id, {
        ...thing,
        ...work,
        status: "SUCCEEDED",
        percentComplete: 100,
        timeAccepted: time,
        timeStarted: time,
        timeFinished: time,
      });
      const [oldest] = workRequests.keys();
      if (workRequests.size > MAX_KEPT && oldest !== undefined) workRequests.delete(oldest);
      return thing.id;
    },
    operations: [
      { method: "GET", path, answer: list },
      { method: "GET", path: `${path}/{workRequestId}`, answer: get },
      // What is done at once leaves no errors and writes no log.
      { method: "GET", path: `${path}/{workRequestId}/errors`, answer: nothing },
      { method: "GET", path: `${path}/{workRequestId}/logs`, answer: nothing },
    ],
  };

  function reached(call: Call): WorkRequest | undefined {
    const found = workRequests.get(call.parameters.workRequestId ?? "");
    return found !== undefined && may(cloud, call, options.permission, found) ? found : undefined;
  }

  function get(call: Call): HttpAnswer {
    const found = reached(call);
    return found === undefined ? notFound(call) : json(call, 200, shown(found), { etag: found.etag });
  }

  function list(call: Call): HttpAnswer {
    const queried = queriedCompartment(call, cloud);
    if ("answer" in queried) return queried.answer;
    if (!may(cloud, call, options.permission, { compartmentId: queried.id })) return notFound(call);
    const [id, status] = [call.query.get("id"), call.query.get("status")];
    const resource = call.query.get("resourceIdentifier");
    if (status !== null && !STATUSES.includes(status)) {
      return refuse(call, 400, "InvalidParameter", `status: one of ${STATUSES.join(", ")}`);
    }
    const found = [...workRequests.values()].filter(
      (one) =>
        one.compartmentId === queried.id &&
        (id === null || one.id === id) &&
        (status === null || one.status === status) &&
        (resource === null || one.resources.some(({ identifier }) => identifier === resource)),
    );
    const inOrder = sorted(call, found, {
      operationType: (one) => one.operationType,
      status: (one) => one.status,
      timeAccepted: (one) => one.timeAccepted,
    });
    return "answer" in inOrder ? inOrder.answer : page(call, inOrder.items.map(shown));
  }
}

const STATUSES = ["ACCEPTED", "IN_PROGRESS", "FAILED", "SUCCEEDED", "CANCELLING", "CANCELED"];

function shown({ etag: _, timeCreated: __, freeformTags: ___, definedTags: ____, ...workRequest }: WorkRequest) {
  return workRequest;
}
