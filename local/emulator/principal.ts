import {
  createPublicKey,
  createSign,
  createVerify,
  generateKeyPairSync,
  type JsonWebKey,
  type KeyObject,
} from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The identity service of the local OCI: gives out resource principals and recognises its own. */
export interface Issuer {
  /** OCI_RESOURCE_PRINCIPAL_* for one function, with token and key in files, as the platform does it. */
  principal: (options?: { region?: string; lifetimeMs?: number }) => ResourcePrincipal;
  /** The public key of the session that a key id `ST$<token>` names; undefined if the token is not ours or has ended. */
  publicKey: (keyId: string) => KeyObject | undefined;
}

export interface ResourcePrincipal {
  variables: Record<string, string>;
  remove: () => void;
}

const TENANCY = "ocid1.tenancy.oc1..aaaaaaaalocalexampletenancy";
const DAY_MS = 86_400_000;

export function createIssuer(): Issuer {
  const issuer = rsaKeyPair();
  return {
    principal({ region = "us-phoenix-1", lifetimeMs = DAY_MS } = {}) {
      const session = rsaKeyPair();
      const token = signedToken(issuer.privateKey, {
        sub: "ocid1.fnfunc.oc1.phx.aaaaaaaalocalexample",
        res_tenant: TENANCY,
        res_compartment: TENANCY,
        exp: Math.floor((Date.now() + lifetimeMs) / 1000),
        jwk: JSON.stringify(session.publicKey.export({ format: "jwk" })),
      });
      const directory = mkdtempSync(join(tmpdir(), "principal-"));
      writeFileSync(join(directory, "rpst"), token, { mode: 0o600 });
      writeFileSync(join(directory, "private.pem"), session.privateKey.export({ type: "pkcs1", format: "pem" }), {
        mode: 0o600,
      });
      const removeAll = () => rmSync(directory, { recursive: true, force: true });
      // A private key: it goes even if nobody tidies up.
      process.once("exit", removeAll);
      return {
        variables: {
          OCI_RESOURCE_PRINCIPAL_VERSION: "2.2",
          OCI_RESOURCE_PRINCIPAL_RPST: join(directory, "rpst"),
          OCI_RESOURCE_PRINCIPAL_PRIVATE_PEM: join(directory, "private.pem"),
          OCI_RESOURCE_PRINCIPAL_REGION: region,
        },
        remove: () => {
          process.off("exit", removeAll);
          removeAll();
        },
      };
    },
    publicKey(keyId) {
      const claims = keyId.startsWith("ST$") ? claimsOf(keyId.slice(3), issuer.publicKey) : undefined;
      if (claims === undefined || typeof claims.exp !== "number" || claims.exp * 1000 <= Date.now()) return undefined;
      return createPublicKey({ key: JSON.parse(String(claims.jwk)) as JsonWebKey, format: "jwk" });
    },
  };
}

function rsaKeyPair() {
  return generateKeyPairSync("rsa", { modulusLength: 2048 });
}

function signedToken(key: KeyObject, claims: Record<string, unknown>): string {
  const content = [{ alg: "RS256", kid: "local" }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".");
  return `${content}.${createSign("RSA-SHA256").update(content).sign(key, "base64url")}`;
}

function claimsOf(token: string, issuer: KeyObject): Record<string, unknown> | undefined {
  const [header, claims, signature] = token.split(".");
  if (claims === undefined || signature === undefined) return undefined;
  if (!createVerify("RSA-SHA256").update(`${header}.${claims}`).verify(issuer, signature, "base64url"))
    return undefined;
  return JSON.parse(Buffer.from(claims, "base64url").toString());
}
