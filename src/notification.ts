/** The vocabulary of the Yunion (Cloudpods) notify webhook. */
export type NotificationResult = "succeed" | "failed";

/** `resource_details`: Yunion's field names, and OCI's own facts under `oci`. `undefined` members are not sent. */
export type Details = Record<string, unknown>;

/** The normalised message of one event. */
export interface Notification {
  /** `[a-z0-9_]+`, from Yunion's vocabulary where it has the thing: server, bucket, user … */
  resourceType: string;
  /** `[a-z_]+`: create, delete, update, status_changed … */
  action: string;
  result: NotificationResult;
  details: Details;
  /** One readable line of at most 100 characters: "Instance web-1 created in prod". */
  title: string;
  /** The eventID of the event that it came from; `details.oci` has the rest of it. */
  eventId: string;
}

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
