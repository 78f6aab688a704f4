import type { Result } from "../../src/problem.ts";
import type { SubscriptionSettings } from "../settings.ts";

const MAX_ENDPOINT_CHARACTERS = 512;

/** What the endpoint of a protocol looks like. */
const PROTOCOLS = new Map<string, { is: RegExp; expected: string }>([
  ["EMAIL", { is: /^[^\s@]+@[^\s@]+$/, expected: "an address such as EMAIL=ops@example.com" }],
  [
    "CUSTOM_HTTPS",
    // Oracle calls public addresses with a public certificate; plain http to loopback is for the emulator.
    {
      is: /^(https:\/\/[^\s?#]+|http:\/\/(127\.0\.0\.1|localhost)(:\d+)?[^\s?#]*)$/,
      expected: "a public https URL without a query; it may hold user:password@",
    },
  ],
  [
    "SLACK",
    { is: /^https:\/\/\S+$/, expected: "the URL of a Slack incoming webhook, https://hooks.slack.com/services/…" },
  ],
  [
    "PAGERDUTY",
    { is: /^https:\/\/\S+$/, expected: "the integration URL of PagerDuty, https://events.pagerduty.com/…" },
  ],
  ["ORACLE_FUNCTIONS", { is: /^ocid1\.fnfunc\.\S+$/, expected: "the OCID of a function, ocid1.fnfunc.…" }],
]);

const OTHERS = new Map([
  [
    "HTTPS",
    "HTTPS is deprecated in ONS and means PagerDuty: write CUSTOM_HTTPS for a webhook of yours, SLACK or PAGERDUTY",
  ],
  ["SMS", "ONS drops SMS for what functions and Events publish: use EMAIL, SLACK or PAGERDUTY"],
]);

/** @param text EMAIL=ops@example.com */
export function subscriptionOf(text: string): Result<SubscriptionSettings> {
  const [, protocol = "", endpoint = ""] = /^([^=]*)=(.*)$/s.exec(text) ?? [];
  const known = PROTOCOLS.get(protocol);
  if (known === undefined) {
    const other = OTHERS.get(protocol.toUpperCase());
    const all = [...PROTOCOLS.keys()].join(", ");
    return {
      ok: false,
      problem: other ?? `expected <protocol>=<endpoint>, with one of ${all}, such as EMAIL=ops@example.com.`,
    };
  }
  const isOddUrl = endpoint.startsWith("http") && !URL.canParse(endpoint);
  if (isOddUrl || !known.is.test(endpoint)) return { ok: false, problem: `${protocol}: expected ${known.expected}.` };
  if (endpoint.length > MAX_ENDPOINT_CHARACTERS) {
    return { ok: false, problem: `${protocol}: an endpoint has at most ${MAX_ENDPOINT_CHARACTERS} characters.` };
  }
  return { ok: true, value: { protocol, endpoint } };
}
