import type { Result } from "../problem.ts";
import { createEgress, isLoopback } from "./guard.ts";

/** Private addresses are as good as any: OCI has private endpoints, and emulators stand in private networks. */
const ANY_NETWORK = createEgress(["0.0.0.0/0", "::/0"]);

/** One base URL for every service of OCI, in place of their own: for an emulator. Plain http on loopback only. */
export function ociEndpoint(text: string): Result<URL> {
  const url = ANY_NETWORK.url(text);
  if (url.ok) {
    if (url.value.search === "" && url.value.hash === "") return url;
    return { ok: false, problem: "has a query or a fragment; expected https://host or https://host/path" };
  }
  const isPlain = URL.canParse(text) && !isLoopback(new URL(text)) && text.startsWith("http:");
  return isPlain ? { ok: false, problem: "is plain http off loopback; use https" } : url;
}
