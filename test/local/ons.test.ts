import { ResourcePrincipalAuthenticationDetailsProvider } from "oci-common";
import { NotificationDataPlaneClient } from "oci-ons";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type OciEmulator, startOci } from "../../local/emulator/oci.ts";
import { createIssuer, type ResourcePrincipal } from "../../local/emulator/principal.ts";
import type { OnsEmulator } from "../../local/notifications/ons.ts";
import { apiKeyUser, sendSigned } from "./sdk.ts";

const TOPIC = "ocid1.onstopic.oc1.phx.example";
const issuer = createIssuer();
const user = issuer.user();

let oci: OciEmulator;
let ons: OnsEmulator;
let principal: ResourcePrincipal;
// The SDK's retrier writes to the console whatever it does not retry.
vi.spyOn(console, "warn").mockImplementation(() => {});

beforeEach(async () => {
  oci = await startOci({ issuer, topics: [TOPIC], buckets: [] });
  ons = oci.ons;
  principal = issuer.principal();
});
afterEach(async () => {
  await oci.close();
  principal.remove();
});

/** The SDK's own client, unmodified. */
async function publish(
  messageDetails: { title?: string; body: string },
  { topicId = TOPIC, variables = principal.variables } = {},
) {
  Object.assign(process.env, variables);
  const client = new NotificationDataPlaneClient({
    authenticationDetailsProvider: ResourcePrincipalAuthenticationDetailsProvider.builder(),
  });
  client.endpoint = oci.url;
  try {
    return await client.publishMessage({ topicId, messageDetails });
  } finally {
    client.close();
  }
}

describe("the ONS emulator, driven by the SDK's own client", () => {
  test("takes a message and gives it an id", async () => {
    const { publishResult, opcRequestId } = await publish({ title: "t", body: "日本語 {}" });
    expect(ons.published).toEqual([
      { topicId: TOPIC, title: "t", body: "日本語 {}", messageId: publishResult.messageId },
    ]);
    expect(opcRequestId).toMatch(/\S/);
  });

  test("does not know a topic that it was not given", async () => {
    await expect(publish({ body: "b" }, { topicId: "ocid1.onstopic.oc1.phx.other" })).rejects.toMatchObject({
      statusCode: 404,
      serviceCode: "NotAuthorizedOrNotFound",
    });
  });

  test("refuses a message over 64 KB", async () => {
    await expect(publish({ body: "x".repeat(66_000) })).rejects.toMatchObject({
      statusCode: 400,
      serviceCode: "InvalidParameter",
    });
  });

  test("refuses a principal of another issuer, and one whose token has ended", async () => {
    const stranger = createIssuer().principal();
    const ended = issuer.principal({ lifetimeMs: -1_000 });
    for (const { variables, remove } of [stranger, ended]) {
      await expect(publish({ body: "b" }, { variables })).rejects.toMatchObject({
        statusCode: 401,
        serviceCode: "NotAuthenticated",
      });
      remove();
    }
  });

  test("refuses the token of one function with the key of another", async () => {
    const other = issuer.principal();
    const variables = {
      ...principal.variables,
      OCI_RESOURCE_PRINCIPAL_PRIVATE_PEM: other.variables.OCI_RESOURCE_PRINCIPAL_PRIVATE_PEM ?? "",
    };
    await expect(publish({ body: "b" }, { variables })).rejects.toMatchObject({
      statusCode: 401,
      message: "the signature does not verify",
    });
    other.remove();
    expect(ons.published).toEqual([]);
  });

  test.each<[string, unknown, [number, string]]>([
    ["no body", { title: "t" }, [400, "MissingParameter"]],
    ["a body that is no text", { body: 5 }, [400, "InvalidParameter"]],
    ["a title that is no text", { body: "b", title: 5 }, [400, "InvalidParameter"]],
    ["an array", [], [400, "InvalidParameter"]],
  ])("refuses a message with %s", async (_, message, outcome) => {
    const url = `${oci.url}/20181201/topics/${TOPIC}/messages`;
    const answer = await sendSigned(apiKeyUser(user), url, { method: "POST", body: JSON.stringify(message) });
    expect([answer.status, (await answer.json()).code]).toEqual(outcome);
  });

  test("verifies and takes a message to a path with a query as well", async () => {
    const url = `${oci.url}/20181201/topics/${TOPIC}/messages`;
    const send = (to: string) => sendSigned(apiKeyUser(user), to, { method: "POST", body: '{"body":"b"}' });
    expect((await send(`${url}?trace=1`)).status).toBe(202);
    expect((await fetch(`${url}?trace=1`, { method: "POST", body: '{"body":"b"}' })).status).toBe(401);
  });

  test("takes 60 messages a minute and refuses the next with 429", async () => {
    for (let sent = 0; sent < 60; sent++) await publish({ body: "b" });
    await expect(publish({ body: "b" })).rejects.toMatchObject({ statusCode: 429, serviceCode: "TooManyRequests" });
  });
});
