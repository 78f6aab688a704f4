import { createHash, createPrivateKey, sign } from "node:crypto";
import { readFileSync } from "node:fs";
import type { OciPrincipal } from "../../../src/oci.ts";

const SIGNED = ["x-date", "(request-target)", "host", "content-length", "content-type", "x-content-sha256"];

/**
 * In place of src/oci.ts, the floor: draft-cavage signatures with node:crypto alone. It reads token and key once, knows one
 * realm and no token that ends; the relay ships Oracle's own code instead, and this row says what that costs.
 */
export function resourcePrincipal(regionId: string | undefined): OciPrincipal {
  const variable = (name: string) => readFileSync(process.env[`OCI_RESOURCE_PRINCIPAL_${name}`] ?? "", "utf8");
  const key = createPrivateKey(variable("PRIVATE_PEM"));
  const keyId = `ST$${variable("RPST").trim()}`;
  return {
    async sign({ method, url, headers, body }) {
      const sent: Record<string, string> = {
        ...headers,
        "x-date": new Date().toUTCString(),
        host: url.host,
        "content-length": String(Buffer.byteLength(body)),
        "x-content-sha256": createHash("sha256").update(body).digest("base64"),
      };
      const target = `${method.toLowerCase()} ${url.pathname}${url.search}`;
      const lines = SIGNED.map((name) => `${name}: ${name === "(request-target)" ? target : sent[name]}`);
      const signature = sign("sha256", Buffer.from(lines.join("\n")), key).toString("base64");
      sent.authorization = `Signature version="1",keyId="${keyId}",algorithm="rsa-sha256",headers="${SIGNED.join(" ")}",signature="${signature}"`;
      return sent;
    },
    endpoint: (template) =>
      new URL(template.replace("{region}", regionId ?? "").replace("{secondLevelDomain}", "oraclecloud.com")),
    refresh: async () => {},
  };
}
