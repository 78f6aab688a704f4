import { formValue, isOcid, type Variable } from "./variable.ts";

/** The function, and what it runs in. */
export const functionVariables: readonly Variable[] = [
  {
    name: "image",
    type: "string",
    default: "",
    description:
      "Image of the function in the registry of the same region, such as phx.ocir.io/namespace/oci-event-relay:0.1.0. Empty: application and function are there already, and are given the output function_config by hand.",
    validations: [
      {
        condition: 'var.image == "" || can(regex("^[a-z0-9.-]+/.+[:@].+$", var.image))',
        message:
          "image must be a whole address with a tag or digest, such as phx.ocir.io/namespace/oci-event-relay:0.1.0.",
      },
    ],
    form: { title: "Image", type: "string", required: false },
  },
  {
    name: "application_name",
    type: "string",
    default: "relay",
    description: "Name of the application of the function: made with an image, found without.",
    form: { title: "Application", type: "string", required: true },
  },
  {
    name: "function_name",
    type: "string",
    default: "oci-event-relay",
    description: "Name of the function: made with an image, found without.",
    form: { title: "Function", type: "string", required: true },
  },
  {
    name: "vcn_ocid",
    type: "string",
    default: "",
    description: "Only narrows the choice of subnets in the form.",
    form: {
      title: "Network",
      type: "oci:core:vcn:id",
      required: false,
      visible: { not: [{ eq: [formValue("image"), ""] }] },
      dependsOn: { compartmentId: formValue("compartment_ocid") },
    },
  },
  {
    name: "subnet_ids",
    type: "list(string)",
    default: [],
    description:
      "OCIDs of the subnets that the application runs in; needed with an image. The receivers must be in their reach.",
    validations: [
      {
        condition: `alltrue([for id in var.subnet_ids : ${isOcid("id", "subnet")}])`,
        message: "subnet_ids must be OCIDs of subnets.",
      },
    ],
    form: {
      title: "Subnets",
      type: "array",
      required: false,
      uniqueItems: true,
      visible: { not: [{ eq: [formValue("image"), ""] }] },
      items: {
        type: "oci:core:subnet:id",
        dependsOn: { compartmentId: formValue("compartment_ocid"), vcnId: formValue("vcn_ocid") },
      },
    },
  },
  {
    name: "memory_mb",
    type: "number",
    default: 256,
    description: "Memory of the function in MB.",
    validations: [
      {
        condition: "contains([128, 256, 512, 1024, 2048, 3072], var.memory_mb)",
        message: "memory_mb must be 128, 256, 512, 1024, 2048 or 3072.",
      },
    ],
    form: { title: "Memory in MB", type: "number", required: true },
  },
  {
    name: "timeout_seconds",
    type: "number",
    default: 60,
    description: "Longest run of the function in seconds: all tries to deliver an event end before.",
    validations: [
      {
        condition: "var.timeout_seconds >= 5 && var.timeout_seconds <= 300",
        message: "timeout_seconds must be 5 to 300.",
      },
    ],
    form: { title: "Time-out in seconds", type: "number", required: true, minimum: 5, maximum: 300 },
  },
];
