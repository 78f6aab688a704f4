import type { Protocol } from "./subscription.ts";

const MAX_CHARS = 512;

const CHECKS: Record<Protocol, (endpoint: string) => string | undefined> = {
  CUSTOM_HTTPS: customHttpsProblem,
  EMAIL: (endpoint) =>
    /^[^\s@<>,;]+@[^\s@<>,;]+$/.test(endpoint) ? undefined : "an e-mail address, such as me@example.com",
  HTTPS: (endpoint) => {
    const problem = hostProblem(endpoint, "pagerduty.com");
    return (
      problem && `${problem}. HTTPS is deprecated and means PagerDuty; for a webhook of your own take CUSTOM_HTTPS`
    );
  },
  ORACLE_FUNCTIONS: (endpoint) =>
    /^ocid1\.fnfunc\.[\w.-]+$/.test(endpoint)
      ? undefined
      : "the OCID of a function, ocid1.fnfunc.…, not its name or URL",
  PAGERDUTY: (endpoint) => hostProblem(endpoint, "pagerduty.com"),
  SLACK: (endpoint) => hostProblem(endpoint, "slack.com"),
  SMS: (endpoint) =>
    /^\+[1-9]\d{1,14}$/.test(endpoint) ? undefined : "a phone number in E.164 format, such as +14255550100",
};

/**
 * Why an endpoint is none for its protocol; undefined if it is one. The messages are the emulator's own: OCI's are not
 * published.
 * @see https://docs.oracle.com/en-us/iaas/Content/Notification/Tasks/create-subscription-https.htm
 */
export function endpointProblem(protocol: Protocol, endpoint: string): string | undefined {
  if (endpoint.length > MAX_CHARS) return `at most ${MAX_CHARS} characters, and it has ${endpoint.length}`;
  const expected = CHECKS[protocol](endpoint);
  return expected && `for ${protocol} it must be ${expected}`;
}

/** True for this machine: what the emulator may send to. */
export function isLoopback({ hostname }: URL): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

function customHttpsProblem(endpoint: string): string | undefined {
  const url = urlOf(endpoint);
  if (url === undefined) return "a URL, such as https://user:password@example.com/path";
  // OCI takes https only. Who tries things on a laptop has no certificate for it.
  const isHttp = url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url));
  if (!isHttp) return "a URL that begins with https://; plain http is for this machine only, http://127.0.0.1:<port>";
  if (url.search !== "" || endpoint.includes("?")) return "a URL without query parameters: Notifications takes none";
  return undefined;
}

/** Slack and PagerDuty have hosts of their own; a stand-in on this machine may take their place. */
function hostProblem(endpoint: string, domain: string): string | undefined {
  const url = urlOf(endpoint);
  const isOwn = url?.protocol === "https:" && (url.hostname === domain || url.hostname.endsWith(`.${domain}`));
  const isStandIn = url !== undefined && /^https?:$/.test(url.protocol) && isLoopback(url);
  return isOwn || isStandIn ? undefined : `a URL that begins with https:// at ${domain}`;
}

function urlOf(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}
