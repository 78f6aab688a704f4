import { expect } from "vitest";
import type { LocalCloud } from "../../local/emulator/start-cloud.ts";

export interface Changeable extends Record<string, unknown> {
  name?: string;
  displayName?: string;
  etag?: string;
}

/** Changes what there is in a local cloud behind the back of the tool, until `undo`. */
export function alterations({ cloud }: LocalCloud) {
  const backs: (() => void)[] = [];
  const things = (kind: string) => cloud.store.collection<Changeable>(kind);
  const named = (kind: string, name: string) =>
    [...things(kind)].filter(([, thing]) => (thing.name ?? thing.displayName ?? thing.protocol) === name);
  return {
    /** The one thing of that kind and name. */
    one(kind: string, name: string): Changeable {
      const [[, thing] = []] = named(kind, name);
      if (thing === undefined) throw new Error(`there is no ${name} among the ${kind}`);
      return thing;
    },
    alter(kind: string, name: string, change: (thing: Changeable) => void): void {
      const found = named(kind, name);
      expect(found).toHaveLength(1);
      for (const [id, thing] of found) {
        const before = structuredClone(thing);
        backs.push(() => {
          for (const key of Object.keys(thing)) delete thing[key];
          things(kind).set(id, Object.assign(thing, before));
        });
        change(thing);
      }
    },
    add(kind: string, id: string, thing: Changeable): void {
      things(kind).set(id, { ...thing, id });
      backs.push(() => things(kind).delete(id));
    },
    /** Takes all things of a kind away, or the one of that name. */
    takeAway(kind: string, name?: string): void {
      const before = name === undefined ? [...things(kind)] : named(kind, name);
      for (const [id] of before) things(kind).delete(id);
      backs.push(() => {
        for (const [id, thing] of before) things(kind).set(id, thing);
      });
    },
    also(back: () => void): void {
      backs.push(back);
    },
    undo(): void {
      for (const back of backs.splice(0).reverse()) back();
    },
  };
}
