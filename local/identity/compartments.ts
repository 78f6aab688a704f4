import { randomUUID } from "node:crypto";
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
import { stateProblem } from "../emulator/state-problem.ts";
import { tagsSchema } from "../emulator/tags.ts";
import type { WorkRequests } from "../emulator/work-requests.ts";
import type { HttpAnswer } from "../loopback.ts";
import { emitIdentityEvent } from "./identity-event.ts";

export interface Compartment extends Thing {
  name: string;
  description: string;
  lifecycleState: "ACTIVE" | "DELETED";
}

const detailsSchema = {
  name: z.string().regex(/^[\w.-]{1,100}$/, "1 to 100 letters, digits, periods, hyphens and underscores"),
  // It must be there, and may be empty.
  description: z.string().max(400),
};
const createSchema = z.object({ compartmentId: compartmentIdSchema, ...detailsSchema, ...tagsSchema });
const updateSchema = z.object({
  name: detailsSchema.name.nullish(),
  description: detailsSchema.description.nullish(),
  ...tagsSchema,
});

/** What must be gone before its compartment can go; a default stream pool goes with it. */
const KINDS = [
  ...["compartments", "policies", "rules", "topics", "subscriptions", "applications", "buckets"],
  ...["streams", "log-groups", "alarms"],
];

/** The compartments below the tenancy. One that nobody made here may be used all the same: see isWithin. */
export function createCompartments(cloud: Cloud, workRequests: WorkRequests): { operations: Operation[] } {
  const compartments = cloud.store.collection<Compartment>("compartments");
  const reached = (call: Call, permission: string) =>
    reach(cloud, call, { thing: compartments.get(call.parameters.compartmentId ?? ""), permission });
  const isTaken = (name: string, parentId: string, ownId?: string) =>
    [...compartments.values()].some(
      (other) =>
        other.compartmentId === parentId &&
        other.id !== ownId &&
        other.lifecycleState === "ACTIVE" &&
        other.name.toLowerCase() === name.toLowerCase(),
    );
  const taken = (call: Call, name: string) =>
    refuse(call, 409, "CompartmentAlreadyExists", `Compartment '${name}' already exists`);

  return {
    operations: [
      { method: "POST", path: "/20160918/compartments", answer: create },
      { method: "GET", path: "/20160918/compartments", answer: list },
      { method: "GET", path: "/20160918/compartments/{compartmentId}", answer: get },
      { method: "PUT", path: "/20160918/compartments/{compartmentId}", answer: update },
      { method: "DELETE", path: "/20160918/compartments/{compartmentId}", answer: remove },
    ],
  };

  function create(call: Call): HttpAnswer {
    const body = bodyOf(call, createSchema);
    if (!body.ok) return body.answer;
    const { name, description, compartmentId } = body.value;
    if (!isUsable(compartmentId) || !may(cloud, call, "COMPARTMENT_CREATE", { compartmentId })) return notFound(call);
    const again = retried(call, { store: cloud.store, things: compartments, shown: shownAnswer });
    if (again !== undefined) return again;
    if (isTaken(name, compartmentId)) return taken(call, name);
    const thing = newThing({ kind: "compartment" }, body.value);
    const made: Compartment = { ...thing, name, description, lifecycleState: "ACTIVE" };
    compartments.set(made.id, made);
    rememberMade(call, cloud.store, made.id);
    emitIdentityEvent(cloud, "compartments.createcompartment", made);
    return shownAnswer(call, made);
  }

  function list(call: Call): HttpAnswer {
    const queried = queriedCompartment(call, cloud);
    if ("answer" in queried) return queried.answer;
    const wrongState = stateProblem(call);
    if (wrongState !== undefined) return wrongState;
    const isDeep = call.query.get("compartmentIdInSubtree") === "true";
    if (isDeep && queried.id !== cloud.tenancyId) {
      return refuse(call, 400, "InvalidParameter", "compartmentIdInSubtree: true only with the OCID of the tenancy");
    }
    const accessLevel = call.query.get("accessLevel") ?? "ANY";
    if (accessLevel !== "ANY" && accessLevel !== "ACCESSIBLE") {
      return refuse(call, 400, "InvalidParameter", "accessLevel: one of ANY, ACCESSIBLE");
    }
    const [name, state] = [call.query.get("name"), call.query.get("lifecycleState")?.toUpperCase()];
    const found = [...compartments.values()].filter(
      (one) =>
        (isDeep || one.compartmentId === queried.id) &&
        (name === null || one.name === name) &&
        (state === undefined || one.lifecycleState === state) &&
        (accessLevel === "ANY" || may(cloud, call, "COMPARTMENT_INSPECT", { compartmentId: one.id })),
    );
    const inOrder = sorted(call, found, { TIMECREATED: (one) => one.timeCreated, NAME: (one) => one.name });
    return "answer" in inOrder ? inOrder.answer : page(call, inOrder.items.map(shown));
  }

  function get(call: Call): HttpAnswer {
    // The root compartment is the tenancy.
    if (call.parameters.compartmentId === cloud.tenancyId) return json(call, 200, root());
    const found = reached(call, "COMPARTMENT_INSPECT");
    return "thing" in found ? shownAnswer(call, found.thing) : found.answer;
  }

  function update(call: Call): HttpAnswer {
    const found = reached(call, "COMPARTMENT_UPDATE");
    if (!("thing" in found)) return found.answer;
    const body = bodyOf(call, updateSchema);
    if (!body.ok) return body.answer;
    const { id, compartmentId, lifecycleState } = found.thing;
    if (lifecycleState !== "ACTIVE") return refuse(call, 409, "IncorrectState", "The compartment is deleted.");
    const { name } = body.value;
    if (typeof name === "string" && isTaken(name, compartmentId, id)) return taken(call, name);
    return shownAnswer(call, change(found.thing, body.value));
  }

  function remove(call: Call): HttpAnswer {
    const found = reached(call, "COMPARTMENT_DELETE");
    if (!("thing" in found)) return found.answer;
    const { thing } = found;
    if (thing.lifecycleState !== "ACTIVE") return refuse(call, 409, "IncorrectState", "The compartment is deleted.");
    const kept = KINDS.find((kind) =>
      [...cloud.store.collection<{ compartmentId: string; lifecycleState?: string }>(kind).values()].some(
        ({ compartmentId, lifecycleState }) => compartmentId === thing.id && lifecycleState !== "DELETED",
      ),
    );
    if (kept !== undefined) {
      const message = `The compartment is not empty: it has ${kept.replace("-", " ")}. Delete them first.`;
      return refuse(call, 409, "Conflict", message);
    }
    emitIdentityEvent(cloud, "compartments.deletecompartment", thing);
    // It stays in lists under another name, so that its own is free again.
    change(thing, { lifecycleState: "DELETED", name: `${thing.name}.${randomUUID().slice(0, 8)}` });
    const id = workRequests.finished({
      operationType: "DELETE_COMPARTMENT",
      compartmentId: thing.compartmentId,
      resources: [{ entityType: "compartment", actionType: "DELETED", identifier: thing.id }],
    });
    return json(call, 202, undefined, { "opc-work-request-id": id });
  }

  function isUsable(compartmentId: string): boolean {
    const known = compartments.get(compartmentId);
    return !isForeign(compartmentId, cloud) && (known === undefined || known.lifecycleState === "ACTIVE");
  }

  function root() {
    const { tenancyId: id } = cloud;
    return {
      id,
      compartmentId: id,
      name: "localtenancy",
      description: "The root compartment.",
      // OCI says when the tenancy was made; the emulator has always been there.
      timeCreated: new Date(0).toISOString(),
      ...{ freeformTags: {}, definedTags: {} },
      lifecycleState: "ACTIVE",
    };
  }

  function shownAnswer(call: Call, compartment: Compartment): HttpAnswer {
    return json(call, 200, shown(compartment), { etag: compartment.etag });
  }

  function shown({ etag: _, ...compartment }: Compartment) {
    return { ...compartment, inactiveStatus: null, isAccessible: null };
  }
}

/** Fits Cloud.isWithin: the tenancy is above all, and a compartment that is not known counts as its child. */
export function withinBy({ store, tenancyId }: Pick<Cloud, "store" | "tenancyId">): Cloud["isWithin"] {
  const compartments = store.collection<Compartment>("compartments");
  return (compartmentId, ancestorId) => {
    if (ancestorId === tenancyId) return true;
    for (let id: string | undefined = compartmentId; id !== undefined; id = compartments.get(id)?.compartmentId) {
      if (id === ancestorId) return true;
    }
    return false;
  };
}
