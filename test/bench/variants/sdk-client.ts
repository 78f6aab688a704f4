import type { HttpClient } from "oci-common";
import type { Destination } from "../../../src/deliver/destination.ts";
import type { OnsSettings } from "../../../src/deliver/ons.ts";
import { createConnections } from "../../../src/http/connections.ts";
import { send } from "../../../src/http/send.ts";
import { yunionMessage } from "../../../src/notification.ts";
import type { OciAccess } from "../../../src/signed-request.ts";
import { wireJson } from "../../../src/wire-json.ts";

/** In place of src/deliver/ons.ts: the SDK's own client, retries and circuit breaker off, over our HTTP. */
export function createOns({ name, topicId }: OnsSettings, { endpointUrl }: OciAccess): Destination {
  let client: ReturnType<typeof createClient> | undefined;
  const theClient = () => {
    client ??= createClient(endpointUrl);
    return client;
  };
  return {
    name,
    type: "ons",
    target: topicId,
    identity: topicId,
    secrets: () => [],
    prepare: () => theClient().then(() => {}),
    async attempt([notification]) {
      if (notification === undefined) throw new Error("there is nothing to publish");
      const messageDetails = { title: notification.title, body: wireJson(yunionMessage(notification)) };
      await (await theClient()).publishMessage({ topicId, messageDetails });
      return { verdict: "done", status: 202 };
    },
  };
}

async function createClient(endpointUrl: URL | undefined) {
  const sdk = await import("./sdk.ts");
  const signer = new sdk.DefaultRequestSigner(sdk.ResourcePrincipalAuthenticationDetailsProvider.builder());
  const httpClient: HttpClient = {
    async send(request) {
      await signer.signHttpRequest(request);
      const headers = Object.fromEntries(request.headers);
      const connections = createConnections(1);
      const sent = { method: "POST" as const, url: new URL(request.uri), headers, body: request.body };
      const answer = await send(sent, { connections, leftMs: () => 5_000 });
      connections.close();
      if (!answer.ok) throw new Error(answer.code);
      // send() reads no body of a success, the client wants one.
      return new Response(answer.body || '{"messageId":""}', { status: answer.status });
    },
  };
  const client = new sdk.NotificationDataPlaneClient(
    { httpClient },
    {
      circuitBreaker: new sdk.CircuitBreaker({ disableClientCircuitBreaker: true }),
      retryConfiguration: sdk.NoRetryConfigurationDetails,
    },
  );
  if (endpointUrl) client.endpoint = endpointUrl.origin;
  return client;
}
