import { CircuitBreaker } from "oci-common";
import { FunctionsInvokeClient, FunctionsManagementClient } from "oci-functions";
import { ENTRY } from "../../local/container.ts";
import { createFnHost } from "../../local/fn-host.ts";
import type { BatchReply, EventReply } from "../../src/outcome.ts";
import { isRecord } from "../../src/problem.ts";
import type { Access } from "../access.ts";
import { whyRefused } from "../refusal.ts";
import { sdkClient } from "../sdk-client.ts";

/** The function that letters are sent through. */
export interface PostOffice {
  /** Gives the function's reply, or why there was none. */
  send: (
    body: string,
  ) => Promise<{ ok: true; reply: Partial<EventReply & BatchReply> } | { ok: false; problem: string }>;
  close: () => Promise<void>;
}

/** A function in OCI, by the Functions invoke API. */
export async function deployedFunction(functionId: string, { identity, ...access }: Access): Promise<PostOffice> {
  const client = new FunctionsInvokeClient(
    { authenticationDetailsProvider: identity },
    { circuitBreaker: new CircuitBreaker({ disableClientCircuitBreaker: true }) },
  );
  client.endpoint = await invokeEndpointOf(functionId, { identity, ...access });
  return {
    async send(body) {
      try {
        const { value } = await client.invokeFunction({ functionId, invokeFunctionBody: body });
        return replyIn(await new Response(value as ReadableStream).text());
      } catch (error) {
        const isFailed = isRecord(error) && error.statusCode === 502;
        return {
          ok: false,
          problem: isFailed ? "the function failed; its log says why" : whyRefused("Functions", error),
        };
      }
    },
    close: async () => client.close(),
  };
}

async function invokeEndpointOf(functionId: string, access: Access): Promise<string> {
  const management = sdkClient(FunctionsManagementClient, access);
  try {
    const { invokeEndpoint } = (await management.getFunction({ functionId })).function;
    // Every function has one; the SDK's type does not say so.
    return invokeEndpoint ?? "";
  } catch (error) {
    throw new Error(whyRefused(`Functions, ${functionId}`, error));
  } finally {
    management.close();
  }
}

/** The built function on this machine, with the relay's configuration of this environment. */
export function localFunction(config: Record<string, string>): PostOffice {
  const logs: string[] = [];
  const host = createFnHost({ config, entry: ENTRY, onLog: (line) => void logs.push(line) });
  return {
    async send(body) {
      const { status, body: answered } = await host.invoke(body);
      if (status === 200) return replyIn(answered);
      const fatal = logs.find((line) => line.includes('"msg":"cannot start"'));
      return { ok: false, problem: fatal ?? `the function failed (${status}): ${logs.at(-1) ?? answered}` };
    },
    close: () => host.stop(),
  };
}

function replyIn(text: string): Awaited<ReturnType<PostOffice["send"]>> {
  try {
    const reply: unknown = JSON.parse(text);
    if (isRecord(reply) && typeof reply.outcome === "string") return { ok: true, reply };
  } catch {
    // Told below.
  }
  return { ok: false, problem: "the function's answer is not the relay's; see that the OCID is that of the relay" };
}
