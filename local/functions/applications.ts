import * as z from "zod";
import {
  bodyOf,
  type Call,
  change,
  json,
  matchProblem,
  newThing,
  notFound,
  type Operation,
  refuse,
  type Thing,
} from "../emulator/api.ts";
import type { Cloud } from "../emulator/cloud.ts";
import { compartmentIdSchema, isForeign, queriedCompartment } from "../emulator/compartment-id.ts";
import { denial } from "../emulator/denial.ts";
import { given } from "../emulator/given.ts";
import { ocid } from "../emulator/ocid.ts";
import { rememberMade, retried } from "../emulator/retried.ts";
import { tagsSchema } from "../emulator/tags.ts";
import { emitServiceEvent } from "../events/bus-event.ts";
import type { HttpAnswer } from "../loopback.ts";
import { functionConfig } from "./function-config.ts";
import type { ManagedFunction } from "./function-management.ts";
import { functionsListing } from "./functions-listing.ts";

/** As it is kept; the API shows all of it but the etag, which goes into a header. */
export interface Application extends Thing {
  displayName: string;
  lifecycleState: "ACTIVE";
  config: Record<string, string>;
  subnetIds: string[];
  shape: string;
  networkSecurityGroupIds: string[];
  timeUpdated: string;
  [optional: string]: unknown;
}

export const displayName = z
  .string()
  .min(1)
  .max(255)
  .regex(/^\P{Cc}*$/u, "has printable characters only");

const changeable = {
  config: functionConfig.nullish(),
  networkSecurityGroupIds: z.array(ocid("networksecuritygroup")).nullish(),
  syslogUrl: z
    .string()
    .regex(/^(?:(?:tcp|udp|tcp\+tls):\/\/[^\s/:]+:\d+)?$/, "such as tcp://host:1234")
    .nullish(),
  traceConfig: z.object({ isEnabled: z.boolean().nullish(), domainId: z.string().nullish() }).nullish(),
  logging: z.object({ lineFormat: z.enum(["JSON", "PLAIN_TEXT"]).nullish() }).nullish(),
  imagePolicyConfig: z
    .object({ isPolicyEnabled: z.boolean(), keyDetails: z.array(z.object({ kmsKeyId: z.string() })).nullish() })
    .nullish(),
  securityAttributes: z.record(z.string(), z.record(z.string(), z.unknown())).nullish(),
  ...tagsSchema,
};

const createDetails = z.object({
  compartmentId: compartmentIdSchema,
  displayName,
  subnetIds: z.array(ocid("subnet")).min(1, "at least one subnet is needed"),
  shape: z.enum(["GENERIC_X86", "GENERIC_ARM", "GENERIC_X86_ARM"]).nullish(),
  ...changeable,
});
const updateDetails = z.object(changeable);
const moveDetails = z.object({ compartmentId: compartmentIdSchema });

/** Applications of OCI Functions: create, list, get, update, delete, move to another compartment. */
export function applicationOperations(cloud: Cloud): Operation[] {
  const applications = cloud.store.collection<Application>("applications");
  const functions = cloud.store.collection<ManagedFunction>("functions");
  const path = "/20181201/applications/{applicationId}";
  return [
    { method: "POST", path: "/20181201/applications", answer: create },
    { method: "GET", path: "/20181201/applications", answer: list },
    { method: "GET", path, answer: (call) => withApplication(call, "FN_APP_READ", (one) => shown(call, one)) },
    { method: "PUT", path, answer: (call) => withApplication(call, "FN_APP_UPDATE", (one) => update(call, one)) },
    { method: "DELETE", path, answer: (call) => withApplication(call, "FN_APP_DELETE", (one) => remove(call, one)) },
    {
      method: "POST",
      path: `${path}/actions/changeCompartment`,
      answer: (call) => withApplication(call, "FN_APP_UPDATE", (one) => move(call, one)),
    },
  ];

  function withApplication(
    call: Call,
    permission: string,
    answer: (application: Application) => HttpAnswer,
  ): HttpAnswer {
    const application = applications.get(call.parameters.applicationId ?? "");
    if (application === undefined) return notFound(call);
    const variables = { "target.app.id": application.id };
    const denied = denial(cloud, call, { permission, compartmentId: application.compartmentId, variables });
    return denied ?? matchProblem(call, application) ?? answer(application);
  }

  function create(call: Call): HttpAnswer {
    const details = bodyOf(call, createDetails);
    if (!details.ok) return details.answer;
    const { compartmentId } = details.value;
    const refused = creationProblem(call, compartmentId);
    if (refused !== undefined) return refused;
    const again = retried(call, { store: cloud.store, things: applications, shown });
    if (again !== undefined) return again;
    if (isTaken(compartmentId, details.value.displayName)) return taken(call, details.value.displayName);
    const thing = newThing({ kind: "fnapp", region: cloud.region }, details.value);
    const application: Application = {
      config: {},
      shape: "GENERIC_X86",
      networkSecurityGroupIds: [],
      traceConfig: { isEnabled: false, domainId: "" },
      imagePolicyConfig: { isPolicyEnabled: false, keyDetails: [] },
      ...given(details.value),
      ...thing,
      lifecycleState: "ACTIVE",
      timeUpdated: thing.timeCreated,
    };
    applications.set(application.id, application);
    rememberMade(call, cloud.store, application.id);
    emit("createapplication", application);
    return shown(call, application);
  }

  function list(call: Call): HttpAnswer {
    const queried = queriedCompartment(call, cloud);
    if ("answer" in queried) return queried.answer;
    const compartmentId = queried.id;
    const denied = denial(cloud, call, { permission: "FN_APP_LIST", compartmentId });
    if (denied !== undefined) return denied;
    const found = [...applications.values()].filter((application) => application.compartmentId === compartmentId);
    return functionsListing(call, found, ({ etag: _, config: __, ...summary }) => summary);
  }

  function update(call: Call, application: Application): HttpAnswer {
    const details = bodyOf(call, updateDetails);
    if (!details.ok) return details.answer;
    change(application, { ...details.value, timeUpdated: new Date().toISOString() });
    emit("updateapplication", application);
    return shown(call, application);
  }

  function remove(call: Call, application: Application): HttpAnswer {
    const count = [...functions.values()].filter(({ applicationId }) => applicationId === application.id).length;
    if (count > 0) {
      return refuse(call, 409, "Conflict", `the application has ${count} function(s) in it: delete these first`);
    }
    applications.delete(application.id);
    emit("deleteapplication", application);
    return json(call, 204, undefined);
  }

  function move(call: Call, application: Application): HttpAnswer {
    const details = bodyOf(call, moveDetails);
    if (!details.ok) return details.answer;
    const { compartmentId } = details.value;
    const refused = creationProblem(call, compartmentId);
    if (refused !== undefined) return refused;
    if (compartmentId === application.compartmentId) return json(call, 204, undefined);
    if (isTaken(compartmentId, application.displayName)) return taken(call, application.displayName);
    change(application, { compartmentId, timeUpdated: new Date().toISOString() });
    for (const fn of functions.values()) {
      if (fn.applicationId === application.id) change(fn, { compartmentId });
    }
    emit("changeapplicationcompartment", application);
    return json(call, 204, undefined);
  }

  function creationProblem(call: Call, compartmentId: string): HttpAnswer | undefined {
    if (isForeign(compartmentId, cloud)) return notFound(call);
    return denial(cloud, call, { permission: "FN_APP_CREATE", compartmentId });
  }

  function isTaken(compartmentId: string, name: string): boolean {
    return [...applications.values()].some((one) => one.compartmentId === compartmentId && one.displayName === name);
  }

  function emit(operation: string, { id, compartmentId, displayName: resourceName }: Application): void {
    emitServiceEvent(cloud, {
      eventType: `com.oraclecloud.functions.${operation}`,
      source: "functions",
      compartmentId,
      data: { resourceName, resourceId: id },
    });
  }
}

function shown(call: Call, { etag, ...application }: Application): HttpAnswer {
  return json(call, 200, application, { etag });
}

function taken(call: Call, name: string): HttpAnswer {
  return refuse(call, 409, "Conflict", `the compartment has an application named ${JSON.stringify(name)} already`);
}
