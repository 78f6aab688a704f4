import type * as z from "zod";
import type { HttpAnswer } from "../loopback.ts";
import { type AnswerTo, type ApiCall, GONE, isRefused, ok, type Refused, refuse } from "./answer.ts";
import { bodyOf } from "./body.ts";
import { page } from "./page.ts";
import type { Resource } from "./resource.ts";

/** All the things of one kind, and what sets them apart from the other kinds. */
export interface Collection<T extends Resource, Schema extends z.ZodType<{ id: string }>> {
  things: Map<string, T>;
  schema: Schema;
  notFound: Refused;
  /** The id in the path is another than that in the body. */
  idMismatch: Refused;
  /** Which ones a list is to have; a refusal if the caller has to name more. */
  filter: (query: URLSearchParams) => ((thing: T) => boolean) | Refused;
  create: (body: z.output<Schema>) => T | Refused;
  change: (thing: T, body: z.output<Schema>) => T | Refused;
  remove: (thing: T) => void;
  /** In Fn's spelling. */
  shown: (thing: T) => object;
  /** The annotation with the address where it is called, which depends on how the server was. */
  address: (thing: T, base: string) => [name: string, url: string] | undefined;
}

type AnyBody = z.ZodType<{ id: string }>;

/** List and create. */
export function answersForAll<T extends Resource, S extends AnyBody>(kind: Collection<T, S>): Record<string, AnswerTo> {
  return {
    GET({ query, base }) {
      const filter = kind.filter(query);
      if (isRefused(filter)) return refuse(filter);
      const listed = page([...kind.things.values()].filter(filter), query);
      if (isRefused(listed)) return refuse(listed);
      const items = listed.items.map((thing) => withAddress(kind, thing, base));
      return ok({ ...(listed.nextCursor !== undefined && { next_cursor: listed.nextCursor }), items });
    },
    POST({ request, base }) {
      const body = bodyOf(request, kind.schema);
      if (isRefused(body)) return refuse(body);
      const created = kind.create(body);
      if (isRefused(created)) return refuse(created);
      kind.things.set(created.id, created);
      return ok(withAddress(kind, created, base));
    },
  };
}

/** Read, change and delete what the path names by its id. */
export function answersForOne<T extends Resource, S extends AnyBody>(kind: Collection<T, S>): Record<string, AnswerTo> {
  const found = ({ parameters: [id = ""] }: ApiCall, answer: (thing: T) => HttpAnswer): HttpAnswer => {
    const thing = kind.things.get(id);
    return thing === undefined ? refuse(kind.notFound) : answer(thing);
  };
  return {
    GET: (call) => found(call, (thing) => ok(withAddress(kind, thing, call.base))),
    PUT(call) {
      const body = bodyOf(call.request, kind.schema);
      if (isRefused(body)) return refuse(body);
      if (body.id !== "" && body.id !== call.parameters[0]) return refuse(kind.idMismatch);
      return found(call, (thing) => {
        const changed = kind.change(thing, body);
        if (isRefused(changed)) return refuse(changed);
        const isSame = JSON.stringify(kind.shown(thing)) === JSON.stringify(kind.shown(changed));
        const updated = isSame ? thing : { ...changed, updatedAt: new Date().toISOString() };
        kind.things.set(updated.id, updated);
        // Without the address: Fn adds it to what is created or read only.
        return ok(kind.shown(updated));
      });
    },
    DELETE: (call) =>
      found(call, (thing) => {
        kind.things.delete(thing.id);
        kind.remove(thing);
        return GONE;
      }),
  };
}

function withAddress<T extends Resource, S extends AnyBody>(kind: Collection<T, S>, thing: T, base: string): object {
  const address = kind.address(thing, base);
  if (address === undefined) return kind.shown(thing);
  return kind.shown({ ...thing, annotations: new Map([...thing.annotations, address]) });
}
