import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { startOci } from "../../local/emulator/oci.ts";
import { createIssuer } from "../../local/emulator/principal.ts";
import type { Attempt } from "../../src/deliver/destination.ts";
import { createOns, type OnsSettings } from "../../src/deliver/ons.ts";
import { onsMessage } from "../../src/deliver/ons-message.ts";
import { createConnections } from "../../src/http/connections.ts";
import type { Notification } from "../../src/notification.ts";
import { sharedPrincipal } from "../../src/principal.ts";

const TOPIC = "ocid1.onstopic.oc1.phx.example";
const issuer = createIssuer();
const identity = issuer.principal();
Object.assign(process.env, identity.variables);
const oci = await startOci({ issuer, topics: [TOPIC], buckets: [] });
const principal = sharedPrincipal(undefined);
beforeEach(() => {
  oci.ons.fault = undefined;
  oci.ons.published.length = 0;
  oci.ons.requests.length = 0;
});
afterAll(async () => {
  await oci.close();
  identity.remove();
});

const notification: Notification = {
  ...{ family: "instance", resourceType: "server", action: "create", result: "succeed" },
  details: {
    id: "ocid1.instance.oc1.iad.example",
    oci: {
      event_id: "6f1d0c52",
      event_type: "com.oraclecloud.computeapi.launchinstance.end",
      event_time: "2026-03-02T08:16:07Z",
    },
  },
  title: "Instance web-1 created in prod",
  eventId: "6f1d0c52",
};

const createFor = (change: Partial<OnsSettings>) =>
  createOns(
    { name: "ons", topicId: TOPIC, format: "json", ...change },
    { endpointUrl: new URL(oci.url), principal },
    () => Date.parse("2026-03-02T08:16:07Z"),
  );

/** One attempt, and what was published. */
async function attempt(change: Partial<OnsSettings> = {}, notifications = [notification]) {
  const connections = createConnections(1);
  try {
    const context = { connections, leftMs: () => 10_000 };
    const done: Attempt = await createFor(change).attempt(notifications, context);
    return { attempt: done, published: oci.ons.published.map(({ title, body }) => ({ title, body })) };
  } finally {
    connections.close();
  }
}

const DONE = { verdict: "done", status: 202 };

describe("a destination's format", () => {
  test.each(["json", "text"] as const)("%s is that of its message, alone and packed", async (format) => {
    for (const notifications of [[notification], [notification, notification]]) {
      oci.ons.published.length = 0;
      expect(await attempt({ format }, notifications)).toEqual({
        attempt: DONE,
        published: [JSON.parse(onsMessage(notifications, format))],
      });
      expect([...(createFor({ format }).pack?.(notifications) ?? [])]).toEqual([notifications]);
    }
    const big = { ...notification, details: { ...notification.details, description: "x".repeat(40_000) } };
    const count = { json: [1, 1], text: [2] };
    expect([...(createFor({ format }).pack?.([big, big]) ?? [])].map(({ length }) => length)).toEqual(count[format]);
  });
});

describe("a render of its owner's", () => {
  const title = notification.title;
  test.each<[string, unknown, string]>([
    ["is sent as it is where it is a text", "*web-1* is there\n", "*web-1* is there\n"],
    [
      "is sent as its JSON where it is none",
      { b: [1, null], a: 12345678901234567n },
      '{"b":[1,null],"a":12345678901234567}',
    ],
    ["may be a bare value", false, "false"],
  ])("%s", async (_, payload, body) => {
    expect(await attempt({ render: () => payload })).toEqual({ attempt: DONE, published: [{ title, body }] });
  });

  test("is given the notification, and counts before the format", async () => {
    const render = ({ title, eventId }: Notification) => `${title} (${eventId})`;
    const body = "Instance web-1 created in prod (6f1d0c52)";
    expect((await attempt({ format: "text", render })).published).toEqual([{ title, body }]);
  });

  test("makes a message of each, for nobody knows how two go together", () => {
    expect(createFor({ render: () => "" }).pack).toBeUndefined();
  });

  const itself: { me?: unknown } = {};
  itself.me = itself;
  test.each<[string, () => unknown, string]>([
    [
      "throws",
      () => {
        throw new TypeError("secret");
      },
      "render: threw TypeError",
    ],
    [
      "throws what is no error",
      () => {
        throw "secret";
      },
      "render: threw a string",
    ],
    ["returns nothing", () => undefined, "render: expected a text or what JSON can say, but it is undefined"],
    [
      "returns what JSON cannot say",
      () => ({ a: [() => 1] }),
      "render: expected a text or what JSON can say, but .a[0] is a function",
    ],
    ["returns what holds itself", () => itself, "render: expected a text or what JSON can say, but .me holds itself"],
    ["is too long", () => "é".repeat(32 * 1024), "render: made a message of 65588 bytes; ONS takes 63488"],
  ])("that %s is given up, and nothing is sent", async (_, render, problem) => {
    expect(await attempt({ render })).toEqual({
      attempt: { verdict: "give-up", error: "RENDER", problem },
      published: [],
    });
    expect(oci.ons.requests).toEqual([]);
  });
});

const POLICY =
  "Allow dynamic-group <the function's> to use ons-topics in compartment id <the topic's> where request.permission='ONS_TOPIC_PUBLISH'";
const LIMIT = "the tenancy is at a limit; see Limits, Quotas and Usage in the console, and ask for a higher one";
const TROUBLE = "trouble inside of OCI, tried again; if it stays, see https://ocistatus.oraclecloud.com";

describe("of each refusal it is told what to do:", () => {
  test.each<[number, string, Attempt["verdict"], string]>([
    [400, "CannotParseRequest", "give-up", "the body is no JSON to it; see that nothing between changes requests"],
    [400, "InvalidParameter", "give-up", "check the topic's OCID"],
    [400, "MissingParameter", "give-up", "the message has no body; see what render returns"],
    [400, "LimitExceeded", "give-up", LIMIT],
    [400, "TopicLimitReached", "give-up", LIMIT],
    [400, "QuotaExceeded", "give-up", "a quota of the compartment is used up; see the policies that set it"],
    [
      400,
      "RelatedResourceNotAuthorizedOrNotFound",
      "give-up",
      `what the topic needs is missing or not allowed: ${POLICY}`,
    ],
    [400, "SomethingNew", "give-up", "the request is not one that ONS takes; see `response`"],
    // Once more, with the token read anew.
    [
      401,
      "NotAuthenticated",
      "retry",
      "the resource principal is not accepted; check the dynamic group and the function's clock",
    ],
    [403, "NotAllowed", "give-up", `not allowed; needs the policy: ${POLICY}`],
    [403, "NotAuthorized", "give-up", `not allowed; needs the policy: ${POLICY}`],
    [403, "SignUpRequired", "give-up", `not allowed; needs the policy: ${POLICY}`],
    [
      404,
      "NotAuthorizedOrNotFound",
      "give-up",
      `no such topic in this region (check the OCID and its region), or the policy is missing: ${POLICY}`,
    ],
    [409, "IncorrectState", "retry", "the topic is being changed; tried again until it is active"],
    [409, "ExternalServerIncorrectState", "retry", "the topic is being changed; tried again until it is active"],
    [413, "RequestEntityTooLarge", "give-up", "the message is over the 64 KB that ONS takes"],
    [
      429,
      "TooManyRequests",
      "retry",
      "over 60 messages a minute on the topic; waited for until the deadline; narrow the routes",
    ],
    [500, "InternalServerError", "retry", TROUBLE],
    [500, "InternalError", "retry", TROUBLE],
    [503, "ServiceUnavailable", "retry", TROUBLE],
  ])("%i %s", async (status, code, verdict, hint) => {
    const response = JSON.stringify({ code, message: "why" });
    oci.ons.fault = { status, body: response };
    expect(await attempt()).toEqual({
      attempt: { verdict, status, problem: `ONS answered ${status} ${code}: ${hint}`, response },
      published: [],
    });
  });

  test.each([
    [400, "the request is not one that ONS takes; see `response`"],
    [404, `no such topic in this region (check the OCID and its region), or the policy is missing: ${POLICY}`],
    [502, undefined],
  ])("%i without a code", async (status, hint) => {
    oci.ons.fault = { status };
    expect((await attempt()).attempt).toMatchObject({ problem: `ONS answered ${status}${hint ? `: ${hint}` : ""}` });
  });
});
