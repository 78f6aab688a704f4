import { type HttpRequest, type HttpResult, type SendContext, send } from "./http/send.ts";
import type { OciPrincipal, OciRequest } from "./oci.ts";

/** How the services of OCI are reached. */
export interface OciAccess {
  /** Instead of the region's own endpoints, for the emulator. */
  endpointUrl: URL | undefined;
  /** Loads Oracle's SDK at its first call; one principal serves all. */
  principal: () => Promise<OciPrincipal>;
}

export interface SignedRequest extends Pick<OciRequest, "method" | "headers" | "isBodyUnsigned"> {
  /** Template of the service's endpoint: https://notification.{region}.{secondLevelDomain} */
  endpoint: string;
  /** With its query, encoded. */
  path: string;
  body: HttpRequest["body"];
}

/**
 * One request to a service of OCI, signed as the function's resource principal. After a 401 the principal is read anew: its token
 * may have been renewed on disk before its end, so one more try is worth it.
 * @returns the answer, and the headers as sent: nothing of the signature may stand in an excerpt of it
 * @throws Error where the request cannot be signed; its message holds no secret
 */
export async function sendSigned(
  { endpointUrl, principal }: OciAccess,
  { endpoint, path, body, ...request }: SignedRequest,
  context: SendContext,
): Promise<{ answer: HttpResult; sent: Record<string, string> }> {
  const signer = await principal();
  const url = new URL((endpointUrl ?? signer.endpoint(endpoint)).href.replace(/\/$/, "") + path);
  const signed = typeof body === "string" && !request.isBodyUnsigned ? body : "";
  const sent = await signer.sign({ ...request, url, body: signed });
  const answer = await send({ method: request.method, url, headers: sent, body }, context);
  if (answer.ok && answer.status === 401) await signer.refresh();
  return { answer, sent };
}
