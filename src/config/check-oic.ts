import type { OAuth2Settings } from "../deliver/oauth2.ts";
import type { WebhookTarget } from "../deliver/webhook-target.ts";
import type { Check } from "./check.ts";
import { checkOwnHeader, checkTarget, SHARED_KEYS } from "./check-webhook.ts";
import type { OicConfig } from "./relay.ts";

const OIC_KEYS = ["type", "url", "tokenUrl", "clientId", "clientSecret", "scope", ...SHARED_KEYS];

const RUNTIME_HOST = /^(?!design\.)[a-z0-9-]+\.integration\.[a-z0-9-]+\.ocp\.oraclecloud\.com$/;
const FLOW_PATH = /^\/ic\/api\/integration\/v\d+\/flows\/rest\/.+/;
const FLOW_URL =
  "https://<instance>.integration.<region>.ocp.oraclecloud.com/ic/api/integration/v1/flows/rest/<CODE>/<version>/<path>";
const TOKEN_HOST = /^[a-z0-9-]+\.identity\.oraclecloud\.com$/;
const TOKEN_PATH = "/oauth2/v1/token";
const TOKEN_URL = `https://idcs-<id>.identity.oraclecloud.com${TOKEN_PATH}`;
const SCOPE =
  /^https:\/\/[A-Za-z0-9-]+\.integration\.[a-z0-9-]+\.ocp\.oraclecloud\.com:443urn:opc:resource:consumer::all$/;
const SCOPE_FORM = "https://<hash>.integration.<region>.ocp.oraclecloud.com:443urn:opc:resource:consumer::all";

/** Oracle knows more hosts than are known here: nobody is to be kept from theirs. */
const OTHERWISE = 'for a host of another name use type "webhook" with auth of type "oauth2"';
const PLAIN_HTTP = "is plain http; Oracle takes https only";

/** What OIC's refusals mean, by facts that its own answers leave out. */
const HINTS = new Map([
  [
    401,
    "Oracle Integration does not accept the token; see that the scope is that of this very instance and ends in " +
      "urn:opc:resource:consumer::all, that it is the only one (a token for several audiences is refused), and that the " +
      "application is active in the identity domain of the instance",
  ],
  [403, "the application may not call this flow; give it the instance's application role ServiceInvoker"],
  [404, "no active flow at this URL; see the integration's details for its endpoint, and that it is activated"],
]);

/** A flow of Oracle Integration 3: a webhook behind OAuth, whose parts are checked for what goes wrong with them as a rule. */
export function checkOic(path: string, config: OicConfig, check: Check): WebhookTarget | undefined {
  check.keys(path, config, OIC_KEYS);
  const { url: _, tokenUrl, clientId, clientSecret, scope, ...shared } = config;
  const url = required(`${path}.url`, config.url, check);
  const problem = url === undefined ? undefined : flowProblem(url);
  if (problem !== undefined) check.report(`${path}.url`, problem);
  checkOwnHeader(`${path}.header`, { header: config.header, own: "Authorization" }, check);
  const oauth2 = checkApplication(path, { tokenUrl, clientId, clientSecret, scope }, check);
  // One problem a setting: the guard would find the same URL wrong in other words.
  const webhook = checkTarget(path, { ...shared, url: problem === undefined ? url : undefined }, check);
  return webhook === undefined ? undefined : { ...webhook, isUrlSecret: false, oauth2, hints: HINTS };
}

/** Where the token comes from; undefined while a part of it is not known. */
function checkApplication(
  path: string,
  config: Pick<OicConfig, "tokenUrl" | "clientId" | "clientSecret" | "scope">,
  check: Check,
): OAuth2Settings | undefined {
  const url = checkTokenUrl(`${path}.tokenUrl`, config.tokenUrl, check);
  const clientId = required(`${path}.clientId`, config.clientId, check);
  check.require(`${path}.clientSecret`, config.clientSecret);
  const clientSecret = check.secretOf(`${path}.clientSecret`, config.clientSecret);
  const scope = required(`${path}.scope`, config.scope, check);
  if (scope !== undefined) checkScope(`${path}.scope`, scope, check);
  if (url === undefined || clientId === undefined || clientSecret === undefined) return undefined;
  const { egress } = check;
  return { url, clientId, clientSecret, scope, audience: undefined, clientAuth: "basic", tls: undefined, egress };
}

function required(path: string, text: unknown, check: Check): string | undefined {
  check.require(path, text);
  return check.textOf(path, text);
}

/** What no webhook's URL may be is found by the guard of all. */
function flowProblem(text: string): string | undefined {
  const url = readHttpUrl(text);
  if (url === undefined) return undefined;
  const { protocol, hostname, pathname } = url;
  if (protocol === "http:") return PLAIN_HTTP;
  if (hostname.startsWith("design.")) {
    return "is the host of the designer; expected that of the run time, without design. at its beginning";
  }
  if (!RUNTIME_HOST.test(hostname)) return `is no host of Oracle Integration; expected ${FLOW_URL} (${OTHERWISE})`;
  if (FLOW_PATH.test(pathname)) return undefined;
  return `is not the URL of a flow; expected ${FLOW_URL}, as the integration's details show it`;
}

function checkTokenUrl(path: string, tokenUrl: unknown, check: Check): URL | undefined {
  const text = required(path, tokenUrl, check);
  if (text === undefined) return undefined;
  const problem = tokenProblem(text);
  if (problem !== undefined) {
    check.report(path, problem);
    return undefined;
  }
  const url = check.egress.url(text);
  if (url.ok) return url.value;
  check.report(path, url.problem);
  return undefined;
}

function tokenProblem(text: string): string | undefined {
  const url = readHttpUrl(text);
  if (url === undefined) return undefined;
  const { protocol, hostname, pathname } = url;
  if (protocol === "http:") return PLAIN_HTTP;
  if (!TOKEN_HOST.test(hostname)) return `is no host of an identity domain; expected ${TOKEN_URL} (${OTHERWISE})`;
  return pathname === TOKEN_PATH ? undefined : `is not where an identity domain gives tokens; expected ${TOKEN_URL}`;
}

function checkScope(path: string, scope: string, check: Check): void {
  if (SCOPE.test(scope)) return;
  if (/\S\s+\S/.test(scope)) {
    check.report(
      path,
      `holds several scopes; Oracle Integration refuses a token for more than one, expected ${SCOPE_FORM}`,
    );
  } else if (scope.includes("/ic/api/")) {
    check.report(path, `is the scope of the developer API; that of flows is ${SCOPE_FORM}`);
  } else check.report(path, `is not the scope of an instance; expected ${SCOPE_FORM}`);
}

/** No `URL.canParse`, for the reason that src/egress/guard.ts gives. */
function readHttpUrl(text: string): URL | undefined {
  try {
    const url = new URL(text);
    return /^https?:$/.test(url.protocol) ? url : undefined;
  } catch {
    return undefined;
  }
}
