import type { Issuer } from "../emulator/principal.ts";
import { signatureProblem } from "../emulator/signature.ts";
import { decoded, refusal, requestId } from "../emulator/wire.ts";
import type { HttpAnswer, LoopbackRequest } from "../loopback.ts";
import { passedHeaders } from "./passed-headers.ts";

/** What a function gave; an FnResponse of the local Fn host is one. */
export interface InvokeReply {
  status: number;
  headers?: Record<string, string | string[] | undefined>;
  body: string;
}

export type InvokedFunction = (body: Buffer, headers: Record<string, string>) => Promise<InvokeReply>;

/**
 * OCI Functions: GetFunction, which tells the invoke endpoint (this server itself), and InvokeFunction, always in sync: a
 * detached call is answered like any other.
 */
export async function answerForFunction(
  request: LoopbackRequest,
  { issuer, functions }: { issuer: Issuer; functions: ReadonlyMap<string, InvokedFunction> },
): Promise<HttpAnswer> {
  const [, id, action] = /^\/20181201\/functions\/([^/?]+)(\/actions\/invoke)?$/.exec(request.path) ?? [];
  const functionId = decoded(id);
  if (functionId === undefined) return refusal(request, 404, "NotFound", "no such operation here");
  const method = action === undefined ? "GET" : "POST";
  if (request.method !== method) {
    return refusal(request, 405, "MethodNotAllowed", `this operation takes ${method}`);
  }
  const problem = signatureProblem(request, issuer.publicKey);
  if (problem !== undefined) return refusal(request, 401, "NotAuthenticated", problem);
  const invoked = functions.get(functionId);
  if (invoked === undefined) {
    return refusal(request, 404, "NotAuthorizedOrNotFound", "Authorization failed or requested resource not found.");
  }
  const opcId = { "opc-request-id": requestId(request) };
  if (action === undefined) {
    const invokeEndpoint = `http://${request.headers.host}`;
    return { status: 200, headers: opcId, body: JSON.stringify({ id: functionId, invokeEndpoint }) };
  }
  if (request.headers["is-dry-run"] === "true") return { status: 200, headers: opcId };
  // The signature is between the caller and OCI: no function gets to see it.
  const { authorization: _, ...headers } = passedHeaders(request.headers);
  const { status, headers: given = {}, body } = await invoked(request.body, headers);
  return { status, headers: { ...passedHeaders(given), ...opcId }, body };
}
