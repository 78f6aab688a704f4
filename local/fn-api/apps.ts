import * as z from "zod";
import { annotationsProblem, changedAnnotations } from "./annotations.ts";
import type { Refused } from "./answer.ts";
import { annotations, config, text } from "./body.ts";
import type { Collection } from "./collection.ts";
import { idOf } from "./id-of.ts";
import { born, changedConfig, type Resource } from "./resource.ts";

export interface App extends Resource {
  config: ReadonlyMap<string, string>;
  /** Kept and shown; nothing is sent there. */
  syslogUrl: string;
  shape: string;
}

const body = z.object({
  id: text,
  name: text,
  config,
  annotations,
  syslog_url: z.string().nullish(),
  shape: text,
});

export const APP_NOT_FOUND: Refused = { status: 404, refusal: "App not found" };

const MAX_NAME_BYTES = 255;
const SHAPES = ["", "GENERIC_X86", "GENERIC_ARM", "GENERIC_X86_ARM"];
const SYSLOG_SCHEMES = ["tcp", "udp", "unix", "unixgram", "tcp+tls"];

/** @param onRemove called with the id of an app that was deleted, to delete what is in it */
export function createApps(onRemove: (appId: string) => void): Collection<App, typeof body> {
  const things = new Map<string, App>();
  return {
    things,
    schema: body,
    notFound: APP_NOT_FOUND,
    idMismatch: { status: 400, refusal: "App ID in path does not match ID in body" },
    filter(query) {
      const name = query.get("name") ?? "";
      return (app) => name === "" || app.name === name;
    },
    create({ id, name, config, annotations, syslog_url, shape }) {
      if (id !== "") return { status: 400, refusal: "App ID cannot be supplied on create" };
      const app: App = { ...born(idOf("app", name)), name, config, annotations, syslogUrl: syslog_url ?? "", shape };
      const problem = problemOf(app);
      if (problem !== undefined) return problem;
      if ([...things.values()].some((other) => other.name === name)) {
        return { status: 409, refusal: "App already exists" };
      }
      return app;
    },
    change(app, { name, config, annotations, syslog_url }) {
      if (name !== "" && name !== app.name) {
        return { status: 409, refusal: "Could not update - name is immutable" };
      }
      const changed: App = {
        ...app,
        config: changedConfig(app.config, config),
        annotations: changedAnnotations(app.annotations, annotations),
        syslogUrl: syslog_url ?? app.syslogUrl,
      };
      return problemOf(changed) ?? changed;
    },
    remove: ({ id }) => onRemove(id),
    shown: ({ id, name, config, annotations, syslogUrl, shape, createdAt, updatedAt }) => ({
      id,
      name,
      ...(config.size > 0 && { config: Object.fromEntries(config) }),
      ...(annotations.size > 0 && { annotations: Object.fromEntries(annotations) }),
      ...(syslogUrl !== "" && { syslog_url: syslogUrl }),
      ...(shape !== "" && { shape }),
      created_at: createdAt,
      updated_at: updatedAt,
    }),
    address: () => undefined,
  };
}

function problemOf({ name, annotations, syslogUrl, shape }: App): Refused | undefined {
  if (name === "") return { status: 400, refusal: "Missing Name" };
  if (Buffer.byteLength(name) > MAX_NAME_BYTES) {
    return { status: 400, refusal: `App name must be ${MAX_NAME_BYTES} characters or less` };
  }
  if (!/^[\p{L}\p{N}_-]+$/u.test(name)) return { status: 400, refusal: "Invalid app name" };
  const problem = annotationsProblem(annotations);
  if (problem !== undefined) return problem;
  const scheme = /^([^:/]*):/.exec(syslogUrl.trim())?.[1]?.toLowerCase() ?? "";
  if (syslogUrl !== "" && !SYSLOG_SCHEMES.includes(scheme)) {
    const why = `invalid scheme, only [${SYSLOG_SCHEMES.join(", ")}] are supported`;
    return { status: 400, refusal: `invalid syslog url: "${syslogUrl}" ${why}` };
  }
  return SHAPES.includes(shape) ? undefined : { status: 400, refusal: "Invalid app shape" };
}
