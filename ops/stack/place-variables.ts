import { isOcid, type Variable } from "./variable.ts";

/** Where the stack is made, and under which name; the first two Resource Manager knows. */
export const placeVariables: readonly Variable[] = [
  {
    name: "tenancy_ocid",
    type: "string",
    description: "OCID of the tenancy: the dynamic group and rules for identity events stand in it.",
    validations: [
      { condition: isOcid("var.tenancy_ocid", "tenancy"), message: "tenancy_ocid must be the OCID of a tenancy." },
    ],
    form: { title: "Tenancy", type: "string", required: true },
  },
  {
    name: "region",
    type: "string",
    description: "Region of all but the identity resources, such as us-ashburn-1.",
    validations: [
      {
        condition: 'can(regex("^[a-z0-9-]+$", var.region))',
        message: "region must be the name of a region, such as us-ashburn-1.",
      },
    ],
    form: { title: "Region", type: "oci:identity:region:name", required: true },
  },
  {
    name: "compartment_ocid",
    type: "string",
    description:
      "OCID of the compartment for all that the stack makes. Rules bring the events of it and of those below.",
    validations: [
      {
        condition: 'can(regex("^ocid1\\\\.(compartment|tenancy)\\\\.", var.compartment_ocid))',
        message: "compartment_ocid must be the OCID of a compartment, or of the tenancy for its root compartment.",
      },
    ],
    form: { title: "Compartment", type: "oci:identity:compartment:id", required: true },
  },
  {
    name: "name",
    type: "string",
    default: "relay",
    description:
      "Prefix of all names, and the value of the tag oci-event-relay. Topics have unique names in a tenancy.",
    validations: [
      {
        condition: 'can(regex("^[a-z][a-z0-9-]{0,30}$", var.name))',
        message: "name must be 1 to 31 lower-case letters, digits and hyphens, a letter first.",
      },
    ],
    form: { title: "Name", type: "string", required: true, pattern: "^[a-z][a-z0-9-]{0,30}$" },
  },
];
