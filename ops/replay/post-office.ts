import { CircuitBreaker, NoRetryConfigurationDetails } from "oci-common";
import { FunctionsInvokeClient, FunctionsManagementClient } from "oci-functions";
import { ENTRY } from "../../local/container.ts";
import { createFnHost } from "../../local/fn-host.ts";
import definition from "../../relay.config.ts";
import { loadRelay } from "../../src/config.ts";
import type { BatchReply, EventReply } from "../../src/outcome.ts";
import { isRecord } from "../../src/problem.ts";
import type { Access } from "../access.ts";
import { whyRefused } from "../refusal.ts";
import { sdkClient } from "../sdk-client.ts";

/** The function that letters are sent through. */
export interface PostOffice {
  send: (body: string) => Promise<Answer>;
  close: () => Promise<void>;
}

/** The function's reply, or why there was none. */
export type Answer =
  | { ok: true; reply: Partial<EventReply & BatchReply> }
  /** `isHalfDone`: the function ran and did not come to a good end, so that a part of what it was sent may be delivered. */
  | { ok: false; problem: string; isHalfDone: boolean };

/** What Functions says where the function ran; it did not where its container or its image failed. */
const RAN = /^FunctionInvoke.*(?:ExecutionFailed|Timeout|TooLarge)$/;

/** A function in OCI, by the Functions invoke API. */
export async function deployedFunction(functionId: string, { identity, ...access }: Access): Promise<PostOffice> {
  const client = new FunctionsInvokeClient(
    { authenticationDetailsProvider: identity },
    {
      circuitBreaker: new CircuitBreaker({ disableClientCircuitBreaker: true }),
      // Not even where OCI_SDK_DEFAULT_RETRY_ENABLED is set: what is sent again may be delivered again.
      retryConfiguration: NoRetryConfigurationDetails,
    },
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
          isHalfDone: isRecord(error) && RAN.test(String(error.serviceCode)),
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

/**
 * The built function on this machine, with the relay's configuration of this environment.
 * @throws Error that lists every problem of it
 */
export function localFunction(config: Record<string, string>): PostOffice {
  const loaded = loadRelay(definition, config);
  if (!loaded.ok) throw new Error(`the configuration of this environment: ${loaded.problems.join("; ")}`);
  const logs: string[] = [];
  const host = createFnHost({ config, entry: ENTRY, onLog: (line) => void logs.push(line) });
  return {
    async send(body) {
      const { status, body: answered } = await host.invoke(body);
      if (status === 200) return replyIn(answered);
      const fatal = logs.find((line) => line.includes('"msg":"cannot start"'));
      // A container that did not start has sent nothing.
      const problem = fatal ?? `the function failed (${status}): ${logs.at(-1) ?? answered}`;
      return { ok: false, problem, isHalfDone: fatal === undefined && !answered.includes("Container ") };
    },
    close: () => host.stop(),
  };
}

function replyIn(text: string): Answer {
  try {
    const reply: unknown = JSON.parse(text);
    if (isRecord(reply) && typeof reply.outcome === "string") return { ok: true, reply };
  } catch {
    // Told below.
  }
  const problem = "the function's answer is not the relay's; see that the OCID is that of the relay";
  return { ok: false, problem, isHalfDone: false };
}
