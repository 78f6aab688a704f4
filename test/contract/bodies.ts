// The bodies that go out, as types: test/contract/schemas.ts makes JSON Schema of them. Nothing here runs.
import type { FamilyNotification } from "../../handlers/index.ts";

/** The name of a family, or `unknown` for what no family knows. */
export type Family = NameOf<FamilyNotification["family"]>;

/** What each family's notifications are on the wire, with the defaults of a webhook and but for the text under the msg_key. */
export type Bodies = { [Its in FamilyNotification as NameOf<Its["family"]>]: Body<Its> };

type NameOf<Family extends string | undefined> = Family extends string ? Family : "unknown";

interface Body<Its extends FamilyNotification> {
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
