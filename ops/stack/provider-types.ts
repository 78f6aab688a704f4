import type { Kind } from "../desired.ts";

/** A condition in HCL, and what is wrong where it does not hold. */
export interface Check {
  condition: string;
  message: string;
}

/** How Oracle's Terraform provider has a kind of resource. */
export interface ProviderType {
  type: string;
  /** Attributes that it does not name as the SDK does. */
  renamed?: Readonly<Record<string, string>>;
  /** What the SDK takes elsewhere: HCL. */
  more?: Readonly<Record<string, string>>;
  /** Identity is written in the home region only. */
  isAtHome?: true;
  precondition?: Check;
  /** The data source that finds those that somebody else has made, and its list of them. */
  data?: { type: string; list: string };
}

const NAMESPACE = { namespace: "data.oci_objectstorage_namespace.tenancy.namespace" };

export const providerTypes: Readonly<Record<Kind, ProviderType>> = {
  application: {
    type: "oci_functions_application",
    precondition: {
      condition: "length(var.subnet_ids) > 0",
      message: "subnet_ids must name at least one subnet: an application runs in them.",
    },
    data: { type: "oci_functions_applications", list: "applications" },
  },
  function: { type: "oci_functions_function", data: { type: "oci_functions_functions", list: "functions" } },
  topic: { type: "oci_ons_notification_topic" },
  subscription: { type: "oci_ons_subscription" },
  bucket: { type: "oci_objectstorage_bucket", renamed: { publicAccessType: "access_type" }, more: NAMESPACE },
  lifecycle: {
    type: "oci_objectstorage_object_lifecycle_policy",
    renamed: { bucketName: "bucket", items: "rules" },
    more: NAMESPACE,
  },
  "dynamic-group": { type: "oci_identity_dynamic_group", isAtHome: true },
  policy: { type: "oci_identity_policy", isAtHome: true },
  "log-group": { type: "oci_logging_log_group" },
  log: { type: "oci_logging_log" },
  rule: { type: "oci_events_rule" },
  alarm: { type: "oci_monitoring_alarm" },
};

/** memoryInMBs -> memory_in_mbs */
export function snakeCase(name: string): string {
  return name.replaceAll(/([a-z0-9])([A-Z]+)/g, "$1_$2").toLowerCase();
}
