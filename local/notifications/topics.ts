import * as z from "zod";
import {
  bodyOf,
  type Call,
  change,
  json,
  matchProblem,
  newThing,
  notFound,
  type Operation,
  page,
  refuse,
  type Thing,
} from "../emulator/api.ts";
import type { Cloud } from "../emulator/cloud.ts";
import { compartmentIdSchema, isForeign, queriedCompartment } from "../emulator/compartment-id.ts";
import { rememberMade, retried } from "../emulator/retried.ts";
import { sorted } from "../emulator/sorted.ts";
import { stateProblem } from "../emulator/state-problem.ts";
import { tagsSchema } from "../emulator/tags.ts";
import type { HttpAnswer } from "../loopback.ts";

/** A topic of Notifications. */
export interface Topic extends Thing {
  name: string;
  description: string | null;
  lifecycleState: "ACTIVE";
}

/** Quoted in texts about OCI, not in its documentation; the code of its error is the one of all services. */
const MAX_TOPICS_PER_COMPARTMENT = 100;

const createSchema = z.object({
  name: z.string().regex(/^[\w-]{1,256}$/, "1 to 256 letters, digits, - and _"),
  compartmentId: compartmentIdSchema,
  description: z.string().nullish(),
  ...tagsSchema,
});
const updateSchema = z.object({ description: z.string(), ...tagsSchema });
const moveSchema = z.object({ compartmentId: compartmentIdSchema });

const SORT_KEYS: Record<string, (topic: Topic) => string> = {
  TIMECREATED: ({ timeCreated }) => timeCreated,
  LIFECYCLESTATE: ({ lifecycleState }) => lifecycleState,
};

export function topicsOf(cloud: Cloud): Map<string, Topic> {
  return cloud.store.collection<Topic>("topics");
}

/** Topics that are there from the start, in the root compartment, named as their OCIDs end. */
export function addTopics(cloud: Cloud, topicIds: readonly string[]): void {
  const topics = topicsOf(cloud);
  for (const id of topicIds) {
    if (topics.has(id)) continue;
    const name = id.slice(id.lastIndexOf(".") + 1).replace(/[^\w-]/g, "_");
    const thing = newThing({ kind: "onstopic" }, { compartmentId: cloud.tenancyId });
    topics.set(id, { ...thing, id, name: name || "topic", description: null, lifecycleState: "ACTIVE" });
  }
}

/**
 * The control plane of Notifications: topics.
 * @param options onDeleted: called when a topic has gone, with its id
 */
export function topicOperations(cloud: Cloud, { onDeleted }: { onDeleted: (topicId: string) => void }): Operation[] {
  const topics = topicsOf(cloud);
  return [
    { method: "POST", path: "/20181201/topics", answer: create },
    { method: "GET", path: "/20181201/topics", answer: list },
    { method: "GET", path: "/20181201/topics/{topicId}", answer: (call) => shown(call, permitted(call, "READ")) },
    { method: "PUT", path: "/20181201/topics/{topicId}", answer: update },
    { method: "DELETE", path: "/20181201/topics/{topicId}", answer: remove },
    { method: "POST", path: "/20181201/topics/{topicId}/actions/changeCompartment", answer: move },
  ];

  /** The topic that a path names, if the caller may do this to it. */
  function permitted(call: Call, permission: string): Topic | undefined {
    const topic = topics.get(call.parameters.topicId ?? "");
    return topic !== undefined && mayIn(call, permission, topic.compartmentId) ? topic : undefined;
  }

  function mayIn({ caller }: Call, permission: string, compartmentId: string): boolean {
    if (caller === undefined || isForeign(compartmentId, cloud)) return false;
    return cloud.allows(caller, `ONS_TOPIC_${permission}`, { compartmentId });
  }

  function shown(call: Call, topic: Topic | undefined, status = 200): HttpAnswer {
    return topic === undefined ? notFound(call) : json(call, status, wire(topic), { etag: topic.etag });
  }

  function wire({ id, ...topic }: Topic): Record<string, unknown> {
    return { topicId: id, shortTopicId: id.slice(-8), ...topic, apiEndpoint: cloud.url() };
  }

  function create(call: Call): HttpAnswer {
    const body = bodyOf(call, createSchema);
    if (!body.ok) return body.answer;
    const { name, compartmentId, description = null } = body.value;
    if (!mayIn(call, "CREATE", compartmentId)) return notFound(call);
    const again = retried(call, { store: cloud.store, things: topics, shown: (_, made) => shown(call, made, 201) });
    if (again !== undefined) return again;
    const all = [...topics.values()];
    if (all.some((topic) => topic.name === name)) {
      const message = `name: a topic ${name} is there already; a name is unique in the tenancy, whatever the compartment.`;
      return refuse(call, 409, "Conflict", message);
    }
    if (all.filter((topic) => topic.compartmentId === compartmentId).length >= MAX_TOPICS_PER_COMPARTMENT) {
      const message = `The compartment has ${MAX_TOPICS_PER_COMPARTMENT} topics, and no more may be. Delete one first.`;
      return refuse(call, 400, "LimitExceeded", message);
    }
    const thing = newThing({ kind: "onstopic", region: cloud.region }, body.value);
    const topic: Topic = { ...thing, name, description, lifecycleState: "ACTIVE" };
    topics.set(topic.id, topic);
    rememberMade(call, cloud.store, topic.id);
    return shown(call, topic, 201);
  }

  function list(call: Call): HttpAnswer {
    const queried = queriedCompartment(call, cloud);
    if ("answer" in queried) return queried.answer;
    const wrongState = stateProblem(call);
    if (wrongState !== undefined) return wrongState;
    const { query } = call;
    const compartmentId = queried.id;
    if (!mayIn(call, "INSPECT", compartmentId)) return notFound(call);
    const [id, name, state] = [query.get("id"), query.get("name"), query.get("lifecycleState")?.toUpperCase()];
    const found = [...topics.values()].filter(
      (topic) =>
        topic.compartmentId === compartmentId &&
        (id === null || topic.id === id) &&
        (name === null || topic.name === name) &&
        (state === undefined || topic.lifecycleState === state),
    );
    const ordered = sorted(call, found, SORT_KEYS);
    return "answer" in ordered ? ordered.answer : page(call, ordered.items.map(wire));
  }

  function update(call: Call): HttpAnswer {
    const body = bodyOf(call, updateSchema);
    if (!body.ok) return body.answer;
    const topic = permitted(call, "UPDATE");
    if (topic === undefined) return notFound(call);
    return matchProblem(call, topic) ?? shown(call, change(topic, body.value));
  }

  function remove(call: Call): HttpAnswer {
    const topic = permitted(call, "DELETE");
    if (topic === undefined) return notFound(call);
    const problem = matchProblem(call, topic);
    if (problem !== undefined) return problem;
    topics.delete(topic.id);
    onDeleted(topic.id);
    return json(call, 204, undefined);
  }

  function move(call: Call): HttpAnswer {
    const body = bodyOf(call, moveSchema);
    if (!body.ok) return body.answer;
    const topic = permitted(call, "MOVE");
    if (topic === undefined || !mayIn(call, "MOVE", body.value.compartmentId)) return notFound(call);
    const problem = matchProblem(call, topic);
    if (problem !== undefined) return problem;
    change(topic, body.value);
    return json(call, 200, undefined);
  }
}
