import type { WebhookTarget } from "../deliver/webhook-target.ts";
import type { Check } from "./check.ts";
import { checkTarget, SHARED_KEYS } from "./check-webhook.ts";
import type { OicConfig } from "./relay.ts";

const OIC_KEYS = ["type", "url", "tokenUrl", "clientId", "clientSecret", "scope", ...SHARED_KEYS];

const RUNTIME_HOST = /^(?!design\.)[a-z0-9-]+\.integration\.[a-z0-9-]+\.ocp\.oraclecloud\.com$/;
const FLOW_PATH = /^\/ic\/api\/integration\/v\d+\/flows\/rest\/.+/;
const FLOW_URL =
  "https://<instance>.integration.<region>.ocp.oraclecloud.com/ic/api/integration/v1/flows/rest/<CODE>/<version>/<path>";
const TOKEN_HOST = /^[a-z0-9-]+\.identity\.oraclecloud\.com$/;
const SCOPE =
  /^https:\/\/[A-Za-z0-9-]+\.integration\.[a-z0-9-]+\.ocp\.oraclecloud\.com:443urn:opc:resource:consumer::all$/;
const SCOPE_FORM = "https://<hash>.integration.<region>.ocp.oraclecloud.com:443urn:opc:resource:consumer::all";

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
  for (const name of ["url", "scope"] as const) check.require(`${path}.${name}`, config[name]);
  const url = check.textOf(`${path}.url`, config.url);
  const problem = url === undefined || !URL.canParse(url) ? undefined : flowProblem(new URL(url));
  if (problem !== undefined) check.report(`${path}.url`, problem);
  checkTokenUrl(`${path}.tokenUrl`, check.textOf(`${path}.tokenUrl`, config.tokenUrl), check);
  checkScope(`${path}.scope`, check.textOf(`${path}.scope`, config.scope), check);

  const { tokenUrl, clientId, clientSecret, scope, ...shared } = config;
  const auth = { type: "oauth2", tokenUrl, clientId, clientSecret, scope } as const;
  // The settings of the preset stand beside each other, those of a webhook's auth below it.
  const flat: Check = {
    ...check,
    ...rerouted(check, (at) => at.replace(`${path}.auth.`, `${path}.`)),
  };
  const webhook = checkTarget(path, { ...shared, auth, url }, flat);
  return webhook === undefined ? undefined : { ...webhook, hints: HINTS };
}

function rerouted(
  check: Check,
  to: (path: string) => string,
): Pick<Check, "report" | "textOf" | "secretOf" | "require"> {
  return {
    report: (path, problem) => check.report(to(path), problem),
    textOf: (path, text) => check.textOf(to(path), text),
    secretOf: (path, secret) => check.secretOf(to(path), secret),
    require: (path, text) => check.require(to(path), text),
  };
}

function flowProblem({ protocol, hostname, pathname }: URL): string | undefined {
  if (protocol !== "https:") return undefined;
  if (hostname.startsWith("design.")) {
    return "is the host of the designer; expected that of the run time, without design. at its beginning";
  }
  if (!RUNTIME_HOST.test(hostname)) {
    return `is no host of Oracle Integration; expected ${FLOW_URL} (for a host name of your own use type "webhook" with auth "oauth2")`;
  }
  if (FLOW_PATH.test(pathname)) return undefined;
  return `is not the URL of a flow; expected ${FLOW_URL}, as the integration's details show it`;
}

function checkTokenUrl(path: string, text: string | undefined, check: Check): void {
  if (text === undefined || !URL.canParse(text)) return;
  const { hostname, pathname } = new URL(text);
  if (TOKEN_HOST.test(hostname) && pathname === "/oauth2/v1/token") return;
  check.report(
    path,
    "is not an identity domain's; expected https://idcs-<id>.identity.oraclecloud.com/oauth2/v1/token",
  );
}

function checkScope(path: string, scope: string | undefined, check: Check): void {
  if (scope === undefined || SCOPE.test(scope)) return;
  if (/\s/.test(scope.trim())) {
    check.report(
      path,
      `holds several scopes; Oracle Integration refuses a token for more than one, expected ${SCOPE_FORM}`,
    );
  } else if (scope.includes("/ic/api/")) {
    check.report(path, `is the scope of the developer API; that of flows is ${SCOPE_FORM}`);
  } else check.report(path, `is not the scope of an instance; expected ${SCOPE_FORM}`);
}
