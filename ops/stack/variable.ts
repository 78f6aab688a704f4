import type { Check } from "./provider-types.ts";

/** A variable of the stack, and how Resource Manager's form asks for it. */
export interface Variable {
  name: string;
  /** Of Terraform. */
  type: "string" | "number" | "bool" | "list(string)";
  description: string;
  /** Absent: it must be given. */
  default?: string | number | boolean | readonly string[];
  isSensitive?: true;
  validations?: readonly Check[];
  form: { title: string; type: string; required: boolean } & Readonly<Record<string, unknown>>;
}

/** A condition in HCL: is it an OCID of that kind? */
export function isOcid(value: string, kind: string): string {
  return `can(regex("^ocid1\\\\.${kind}\\\\.", ${value}))`;
}

/** How the form names the value of another variable. */
export function formValue(name: string): string {
  return `\${${name}}`;
}
