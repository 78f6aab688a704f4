import type { HttpAnswer, LoopbackRequest } from "../loopback.ts";
import { type Operation, operationFor } from "./api.ts";
import type { Issuer } from "./principal.ts";
import { keyIdOf, signatureProblem } from "./signature.ts";
import { refusal, requestId } from "./wire.ts";

/** Verifies a request and has its operation answer it. Undefined: none of these operations has such a path. */
export async function answerOperation(
  request: LoopbackRequest,
  operations: readonly Operation[],
  issuer: Issuer,
): Promise<HttpAnswer | undefined> {
  const found = operationFor(request, operations);
  if (found === undefined || !("operation" in found)) return found;
  const { operation, parameters } = found;
  const { mayExcludeBody = false, isPublic = false } = operation;
  const problem = isPublic ? undefined : signatureProblem(request, issuer.publicKey, { mayExcludeBody });
  if (problem !== undefined) return refusal(request, 401, "NotAuthenticated", problem);
  const query = new URL(request.path, "http://localhost").searchParams;
  const caller = isPublic ? undefined : issuer.callerOf(keyIdOf(request));
  const answer = await operation.answer({ request, parameters, query, caller });
  return { ...answer, headers: { "opc-request-id": requestId(request), ...answer.headers } };
}
