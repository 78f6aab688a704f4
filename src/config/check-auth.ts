import type { OAuth2Settings } from "../deliver/oauth2.ts";
import { isRecord, kindOf, shown } from "../problem.ts";
import type { Check } from "./check.ts";
import { checkHeaderName, checkHeaderValue } from "./check-header.ts";
import { checkTls } from "./check-tls.ts";

export interface Auth {
  /** Name and value; the value is empty while it is not known. */
  header?: readonly [name: string, value: string];
  oauth2?: OAuth2Settings;
}

/** What the relay sets itself, so that a key there would be lost. */
const OURS = /^(content-type|accept|accept-encoding|user-agent|x-auth-token|x-yunion-event)$/i;

type Kind = "basic" | "bearer" | "header" | "oauth2";

const KEYS: Readonly<Record<Kind, readonly string[]>> = {
  basic: ["type", "user", "password"],
  bearer: ["type", "token"],
  header: ["type", "name", "value"],
  oauth2: ["type", "tokenUrl", "clientId", "clientSecret", "scope", "audience", "clientAuth", "tls"],
};

const CHECKS: Readonly<
  Record<Kind, (path: string, config: Record<string, unknown>, check: Check) => Auth | undefined>
> = {
  basic: checkBasic,
  bearer: checkBearer,
  header: checkApiKey,
  oauth2: checkOAuth2,
};

/** By whom a webhook says it is sent; undefined where nobody is told, or the settings are not sound. */
export function checkAuth(path: string, config: unknown, check: Check): Auth | undefined {
  if (config === undefined) return undefined;
  const type = isRecord(config) ? config.type : undefined;
  if (!isRecord(config) || typeof type !== "string" || !Object.hasOwn(CHECKS, type)) {
    const kinds = Object.keys(CHECKS).join(", ");
    check.report(
      path,
      `expected { type: one of ${kinds}, … }, got ${isRecord(config) ? `type ${shown(type)}` : kindOf(config)}`,
    );
    return undefined;
  }
  check.keys(path, config, KEYS[type as Kind]);
  return CHECKS[type as Kind](path, config, check);
}

function checkBasic(path: string, config: Record<string, unknown>, check: Check): Auth {
  check.require(`${path}.user`, config.user);
  check.require(`${path}.password`, config.password);
  const user = check.textOf(`${path}.user`, config.user);
  const password = check.secretOf(`${path}.password`, config.password);
  if (user?.includes(":"))
    check.report(`${path}.user`, "holds a colon, which ends a user's name in Basic authentication");
  const login = Buffer.from(`${user}:${password}`).toString("base64");
  return { header: ["Authorization", user === undefined || password === undefined ? "" : `Basic ${login}`] };
}

function checkBearer(path: string, config: Record<string, unknown>, check: Check): Auth {
  check.require(`${path}.token`, config.token);
  const token = check.secretOf(`${path}.token`, config.token);
  if (token !== undefined && !/^[\x21-\x7e]+$/.test(token)) {
    check.report(`${path}.token`, "holds white space or other characters that no token has");
  }
  return { header: ["Authorization", token === undefined ? "" : `Bearer ${token}`] };
}

function checkApiKey(path: string, config: Record<string, unknown>, check: Check): Auth | undefined {
  const { name } = config;
  check.require(`${path}.value`, config.value);
  const value = check.secretOf(`${path}.value`, config.value) ?? "";
  if (typeof name !== "string") {
    check.report(`${path}.name`, `expected the name of a header, such as "X-Api-Key", got ${shown(name)}`);
    return undefined;
  }
  checkHeaderName(`${path}.name`, name, check);
  if (OURS.test(name)) check.report(`${path}.name`, `${name} has a meaning of its own; expected such as "X-Api-Key"`);
  checkHeaderValue(`${path}.value`, { name, value }, check);
  return { header: [name, value] };
}

export function checkOAuth2(path: string, config: Record<string, unknown>, check: Check): Auth | undefined {
  for (const name of ["tokenUrl", "clientId", "clientSecret"]) check.require(`${path}.${name}`, config[name]);
  const urlText = check.textOf(`${path}.tokenUrl`, config.tokenUrl);
  const clientId = check.textOf(`${path}.clientId`, config.clientId);
  const clientSecret = check.secretOf(`${path}.clientSecret`, config.clientSecret);
  const scope = check.textOf(`${path}.scope`, config.scope);
  const audience = check.textOf(`${path}.audience`, config.audience);
  const { clientAuth = "basic" } = config;
  if (clientAuth !== "basic" && clientAuth !== "body") {
    check.report(`${path}.clientAuth`, `expected "basic" or "body", got ${shown(clientAuth)}`);
    return undefined;
  }
  const tls = checkTls(`${path}.tls`, config.tls, check);
  const url = urlText === undefined ? undefined : check.egress.url(urlText);
  if (url?.ok === false) check.report(`${path}.tokenUrl`, url.problem);
  if (url?.ok !== true || clientId === undefined || clientSecret === undefined) return undefined;
  return { oauth2: { url: url.value, clientId, clientSecret, scope, audience, clientAuth, tls, egress: check.egress } };
}
