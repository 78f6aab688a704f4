import type { JsonObject } from "./json-value.ts";
import type { YunionField } from "./yunion-field.ts";

/** The vocabulary of the Yunion (Cloudpods) notify webhook. */
export type NotificationResult = "succeed" | "failed";

/** `resource_details`: Yunion's field names, and OCI's own facts under `oci`. `undefined` members are not sent. */
export type Details = Record<string, unknown>;

/** The normalised message of one event. handlers/index.ts has its exact type for each family. */
export interface Notification<
  Family extends string | undefined = string | undefined,
  ResourceType extends string = string,
  Action extends string = string,
  ItsDetails extends Details = Details,
> {
  /** The handler's name in handlers/index.ts; undefined where no family knows the event type. Not sent. */
  family: Family;
  /** `[a-z0-9_]+`, from Yunion's vocabulary where it has the thing: server, bucket, user … */
  resourceType: ResourceType;
  /** `[a-z_]+`: create, delete, update, status_changed … */
  action: Action;
  result: NotificationResult;
  details: ItsDetails;
  /** One readable line of at most 100 characters: "Instance web-1 created in prod". */
  title: string;
  /** The eventID of the event that it came from; `details.oci` has the rest of it. */
  eventId: string;
  /** The resource's page in the Oracle Cloud console, where the family has one and it is still there. Not sent. */
  consoleUrl?: string | undefined;
}

/** What every notification's details have, whatever the family. */
// No interface: only a type alias counts as a record.
export type CommonDetails = {
  /** OCID, or a path such as /n/<namespace>/b/<bucket>. */
  readonly id: string | undefined;
  readonly external_id: string | undefined;
  readonly name: string | undefined;
  readonly provider: "OracleCloud";
  readonly brand: "OracleCloud";
  readonly cloud_env: "public";
  readonly environment: "OracleCloud";
  readonly source: "cloud";
  /** "us-ashburn-1" */
  readonly region_ext_id: string | undefined;
  /** "OracleCloud/us-ashburn-1" */
  readonly region_external_id: string | undefined;
  readonly zone_ext_id: string | undefined;
  /** Tags: "ext:env", "sys:CreatedBy", "<namespace>:<key>". */
  readonly metadata: Readonly<Record<string, string>> | undefined;
  readonly oci: {
    readonly event_id: string;
    /** As received. */
    readonly event_type: string;
    /** RFC 3339, as received. */
    readonly event_time: string;
    readonly compartment_id: string | undefined;
    readonly compartment_name: string | undefined;
    /** Of the event's payload, secrets redacted; left out for events about credentials. */
    readonly additional_details: JsonObject | undefined;
  };
};

/** What a family may add to the common details: Yunion's words, and those that it has not. */
export type DetailsKey = Exclude<YunionField | OciField, keyof CommonDetails>;

type OciField =
  // Cloudpods sends them with status_changed, beside the fields of the resource.
  | "old_status"
  | "new_status"
  // Of an object.
  | "bucket"
  | "bucket_id"
  | "version_id"
  | "archival_state"
  // Of a group: who joined or left.
  | "user_id"
  // Of an alarm, and of a metric.
  | "severity"
  | "namespace";

/** What a family tells of how things are now: what did not succeed has changed nothing. */
export const UNCHANGED = { status: undefined, old_status: undefined, new_status: undefined, enabled: undefined };

/** The value of X-Yunion-Event: SERVER/CREATE, SERVER/CREATE/FAILED. */
export function yunionEvent(notification: Pick<Notification, "resourceType" | "action" | "result">): string {
  const suffix = notification.result === "failed" ? "/FAILED" : "";
  return `${notification.resourceType}/${notification.action}${suffix}`.toUpperCase();
}

/** The four fields of a Yunion webhook body: what every receiver gets, whatever the destination. */
export function yunionMessage(notification: Notification): Record<string, unknown> {
  return {
    action: notification.action,
    resource_details: notification.details,
    resource_type: notification.resourceType,
    result: notification.result,
  };
}
