import type { Destination } from "./destination.ts";
import { targetIdentity } from "./target-identity.ts";

/** What there is to say of an ONS destination before it is loaded. */
export function onsTarget({ name, topicId }: { name: string; topicId: string }) {
  return {
    name,
    type: "ons",
    target: `${topicId.slice(0, 20)}…${topicId.slice(-6)}`,
    identity: targetIdentity(topicId),
    secrets: () => [],
  } satisfies Partial<Destination>;
}
