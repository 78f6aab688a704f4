// Compiled by `npm run types`: what is marked must not compile, all else must.
import * as z from "zod/mini";
import { defineHandler, type NotificationOf, text } from "../../src/handler.ts";
import type { CommonDetails } from "../../src/notification.ts";
import type { Equal, Holds } from "./equal.ts";

const LAUNCHED = "com.oraclecloud.computeapi.launchinstance.end";
const start = {
  resourceType: "server",
  noun: "Instance",
  actions: { [LAUNCHED]: "create" },
  additionalDetails: () => z.object({ shape: text }),
} as const;

const sound = defineHandler({
  ...start,
  normalise: ({ action, additionalDetails: { shape } }) => ({
    action: shape === undefined ? "update" : action,
    result: "failed",
    details: { status: "running", instance_type: shape, cpu_sockets: 2 },
  }),
});

type Sound = NotificationOf<"sound", typeof sound>;

/** One thing here and another there. */
const forked = defineHandler({
  ...start,
  normalise({ additionalDetails: { shape } }) {
    if (shape === undefined) return { action: "migrate" };
    return { details: { cpu_sockets: 1 }, id: "ocid1.instance" };
  },
});

type Forked = NotificationOf<"forked", typeof forked>;

export type Claims = [
  Holds<Equal<Sound["family"], "sound">>,
  Holds<Equal<Sound["resourceType"], "server">>,
  Holds<Equal<Sound["action"], "create" | "update">>,
  Holds<Equal<Sound["result"], "succeed" | "failed">>,
  Holds<Equal<Sound["details"]["instance_type"], string | undefined>>,
  Holds<Equal<Sound["details"]["cpu_sockets"], 2>>,
  // A refused operation tells no state.
  Holds<Equal<Sound["details"]["status"], "running" | undefined>>,
  Holds<Equal<Sound["details"]["provider"], "OracleCloud">>,
  Holds<Equal<Forked["action"], "create" | "migrate">>,
  Holds<Equal<Omit<Forked["details"], keyof CommonDetails>, { readonly cpu_sockets: 1 | undefined }>>,
];

export const wrong = [
  defineHandler({
    ...start,
    // @ts-expect-error: no such event type
    actions: { "com.oraclecloud.computeapi.launchinstnce.end": "create" },
    normalise: () => ({}),
  }),
  // @ts-expect-error: the schema has no such field
  defineHandler({ ...start, normalise: ({ additionalDetails }) => ({ id: additionalDetails.imageId }) }),
  // @ts-expect-error: no such word of Yunion's
  defineHandler({ ...start, normalise: () => ({ details: { statsu: "running" } }) }),
  // @ts-expect-error: nor beside one that there is
  defineHandler({ ...start, normalise: () => ({ details: { status: "running", instance_typ: "s" } }) }),
  // @ts-expect-error: what every notification has is not a family's to say
  defineHandler({ ...start, normalise: () => ({ details: { provider: "OCI" } }) }),
  // @ts-expect-error: no such member
  defineHandler({ ...start, normalise: () => ({ detials: { status: "running" } }) }),
  // @ts-expect-error: no such result
  defineHandler({ ...start, normalise: () => ({ result: "success" }) }),
  defineHandler({
    ...start,
    // @ts-expect-error: on one way out only
    normalise({ additionalDetails: { shape } }) {
      return shape === undefined ? {} : { details: { instance_typ: shape } };
    },
  }),
];
