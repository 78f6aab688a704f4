import { deliveryVariables } from "./delivery-variables.ts";
import { eventVariables } from "./event-variables.ts";
import { functionVariables } from "./function-variables.ts";
import { placeVariables } from "./place-variables.ts";
import type { Variable } from "./variable.ts";

const isGiven = ({ name }: Variable): boolean => name === "tenancy_ocid" || name === "region";

const isTerm = ({ name }: Variable): boolean => name.endsWith("_days");

/** As the form shows them. */
export const variableGroups: readonly { title: string; visible: boolean; variables: readonly Variable[] }[] = [
  { title: "Given by Resource Manager", visible: false, variables: placeVariables.filter(isGiven) },
  { title: "Place", visible: true, variables: placeVariables.filter((variable) => !isGiven(variable)) },
  { title: "Function", visible: true, variables: functionVariables },
  { title: "Delivery", visible: true, variables: deliveryVariables },
  { title: "Events", visible: true, variables: eventVariables.filter((variable) => !isTerm(variable)) },
  { title: "What is kept", visible: true, variables: eventVariables.filter(isTerm) },
];

export const variables: readonly Variable[] = variableGroups.flatMap((group) => group.variables);
