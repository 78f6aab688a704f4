// The bodies that go out, as types: test/contract/schemas.ts makes JSON Schema of them. Nothing here runs.
import type { HandlerNotification, ResourceNotification } from "../../handlers/index.ts";
import type { UnknownNotification } from "../../src/handler.ts";
import type { Notification } from "../../src/notification.ts";
import type { ResourceDetails } from "../../src/resource.ts";

/** All families of handlers/resources.ts at once: their bodies differ in little. */
type AnyResource = Notification<
  "resource",
  ResourceNotification["resourceType"],
  string,
  ResourceDetails<DetailOf<ResourceNotification>>
>;

type DetailOf<Its> = Its extends ResourceNotification ? keyof Its["details"] : never;

type Told = HandlerNotification | AnyResource | UnknownNotification;

/** The name of a family with code of its own, `resource` for one that is all data, or `unknown` for what no family knows. */
export type Family = NameOf<Told["family"]>;

/** What each family's notifications are on the wire, with the defaults of a webhook and but for the text under the msg_key. */
export type Bodies = { [Its in Told as NameOf<Its["family"]>]: Body<Its> };

type NameOf<Family extends string | undefined> = Family extends string ? Family : "unknown";

interface Body<Its extends Told> {
  action: Its["action"] | SyncedAs<Its["action"]>;
  resource_details: Sent<Its["details"]>;
  resource_type: Its["resourceType"];
  result: Its["result"];
}

/** What `syncActions` makes of an action. */
type SyncedAs<Action> = Action extends "create" | "update" | "delete" ? `sync_${Action}` : never;

/** Every object as a mapped type: in these alone the generator takes what may be undefined for optional. */
type Sent<Value> = Value extends string | number | bigint | boolean | undefined
  ? Value
  : Value extends Tags
    ? Tags
    : { [Key in keyof Value]: Sent<Value[Key]> };

// Written out: of the mapped type Record the generator does not see what its values are.
interface Tags {
  readonly [tag: string]: string;
}
