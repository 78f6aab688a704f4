// Compiled by `npm run types`: what is marked must not compile, all else must.
import type { resources } from "../../handlers/by-name.ts";
import type { FamilyNotification } from "../../handlers/index.ts";
import type { JsonValue } from "../../src/json-value.ts";
import type { CommonDetails, Notification } from "../../src/notification.ts";
import type { Equal, Holds } from "./equal.ts";

type Of<Family extends FamilyNotification["family"]> = Extract<FamilyNotification, { family: Family }>;
type Own<Family extends FamilyNotification["family"]> = Omit<Of<Family>["details"], keyof CommonDetails>;

export type Claims = [
  Holds<
    Equal<
      Exclude<FamilyNotification["family"], keyof typeof resources>,
      "instance" | "bucket" | "object" | "policy" | "user" | "group" | "alarm" | "metric" | undefined
    >
  >,
  Holds<
    Equal<
      Own<"instance">,
      {
        readonly hypervisor: "oracle";
        readonly instance_type: string | undefined;
        readonly status: string | undefined;
        readonly old_status: string | undefined;
        readonly new_status: string | undefined;
      }
    >
  >,
  Holds<
    Equal<Own<"bucket">, { readonly acl: "private" | "public-read" | undefined; readonly status: "ready" | undefined }>
  >,
  Holds<
    Equal<
      Own<"object">,
      {
        readonly bucket: string | undefined;
        readonly bucket_id: string | undefined;
        readonly version_id: string | undefined;
        readonly archival_state: string | undefined;
      }
    >
  >,
  // biome-ignore lint/complexity/noBannedTypes: nothing of its own
  Holds<Equal<Own<"policy">, {}>>,
  Holds<Equal<Own<"user">, { readonly enabled: boolean | undefined }>>,
  Holds<Equal<Own<"group">, { readonly user_id: string | undefined }>>,
  Holds<
    Equal<
      Own<"alarm">,
      {
        readonly status: string | undefined;
        readonly severity: string | undefined;
        readonly description: string | undefined;
      }
    >
  >,
  Holds<Equal<Own<"metric">, { readonly namespace: string | undefined }>>,
  Holds<Equal<Of<undefined>["details"], CommonDetails>>,
  Holds<Equal<Own<"vcn">, { readonly status: string | undefined }>>,
  Holds<
    Equal<
      Own<"boot_volume_backup">,
      {
        readonly status: string | undefined;
        readonly disk_type: string | undefined;
        readonly disk_id: string | undefined;
      }
    >
  >,
  Holds<Equal<Of<"vcn">["resourceType"], "vpc">>,
  Holds<Equal<Of<"route_table">["resourceType"], "route_table">>,
  Holds<Equal<Of<"instance">["resourceType"], "server">>,
  Holds<Equal<Of<"group">["action"], "create" | "update" | "delete" | "add_user" | "remove_user">>,
];

/** What the machine hands on is what a render function is given. */
export const general = (notification: FamilyNotification): Notification => notification;

export const render = (notification: FamilyNotification): JsonValue => {
  if (notification.family === "instance") {
    const { instance_type } = notification.details;
    const exact: Holds<Equal<typeof instance_type, string | undefined>> = true;
    // @ts-expect-error: misspelt
    const misspelt = notification.details.instance_typ;
    return { exact, shape: instance_type ?? "?", misspelt };
  }
  if (notification.family === undefined) {
    // @ts-expect-error: nobody knows what it has
    return { status: notification.details.status ?? "" };
  }
  return {
    text: notification.title,
    tags: notification.details.metadata ?? {},
    raw: notification.details.oci.additional_details ?? null,
    // @ts-expect-error: no other family has it
    shape: notification.details.instance_type,
  };
};

// @ts-expect-error: of which family is not asked
export const unasked = (notification: FamilyNotification) => notification.details.instance_type;

// @ts-expect-error: a name may be absent, and JSON has no word for that
export const absent = (notification: FamilyNotification): JsonValue => ({ name: notification.details.name });

export const changed = (notification: FamilyNotification): void => {
  // @ts-expect-error: other destinations get it too
  notification.title = "mine";
};
