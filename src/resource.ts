import type { CommonDetails, DetailsKey, Notification } from "./notification.ts";

/**
 * A family that is all data: handlers/resources.ts has the table of them. Its event types are not listed: they are those that
 * the naming rule (src/naming/naming.ts) finds to be about one of its things, documented or new.
 */
export interface Resource {
  /** `<service>.<noun>` as the naming rule has them, or `<noun>` alone, of any service; by spaces. */
  things: string;
  /** Yunion's resource_type, where Yunion has the thing. Else it is the family's own name. */
  is?: string;
  /** How a person calls it, to begin a sentence with, where that is not the family's name. */
  noun?: string;
  /** Its page in the Oracle Cloud console is `https://cloud.oracle.com/<console>/<OCID>`. */
  console?: string;
  /** Details that are the same for all of them. */
  sets?: { readonly [Key in DetailsKey]?: string };
  /** Details out of additionalDetails, by their key there; in lower case, as Yunion's words and OCI's OCIDs are. */
  reads?: { readonly [Key in DetailsKey]?: string };
}

export type Resources = Readonly<Record<string, Resource>>;

/** resource_type -> lifecycle state of OCI -> Yunion's status word. */
export type States = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** What a notification of a family is, by its row. New event types bring new actions, so they are any text. */
export type ResourceNotificationOf<Family extends string, Row extends Resource> = Readonly<
  Notification<Family, Row extends { is: infer Is extends string } ? Is : Family, string, ResourceDetails<KeyIn<Row>>>
>;

/** `status` in Yunion's words, where the event tells the state or lets it be inferred; and what the row adds. */
export type ResourceDetails<Key extends string> = {
  readonly [Each in keyof CommonDetails | Key | "status"]: Each extends keyof CommonDetails
    ? CommonDetails[Each]
    : string | undefined;
} & unknown;

type KeyIn<Row extends Resource> =
  | (Row extends { sets: infer Sets } ? keyof Sets & string : never)
  | (Row extends { reads: infer Reads } ? keyof Reads & string : never);
