import {
  createHash,
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

/** The identity service of the local OCI: gives out identities and recognises its own. */
export interface Issuer {
  /** OCI_RESOURCE_PRINCIPAL_* for one function, with token and key in files, as the platform does it. */
  principal: (options?: { region?: string; lifetimeMs?: number }) => ResourcePrincipal;
  /** A user with an API key, as the SDK's ConfigFileAuthenticationDetailsProvider and the CLI read it: profile DEFAULT. */
  user: () => ApiKeyUser;
  /**
   * The public key that a key id names: `ST$<token>` that of a session, `<tenancy>/<user>/<fingerprint>` that of a user.
   * Undefined if it is not ours or the token has ended.
   */
  publicKey: (keyId: string) => KeyObject | undefined;
}

export interface ResourcePrincipal {
  variables: Record<string, string>;
  remove: () => void;
}

export interface ApiKeyUser {
  configFile: string;
  remove: () => void;
}

const REGION = "us-phoenix-1";
const TENANCY = "ocid1.tenancy.oc1..aaaaaaaalocalexampletenancy";
const DAY_MS = 86_400_000;

export function createIssuer(): Issuer {
  const issuer = rsaKeyPair();
  const apiKeys = new Map<string, KeyObject>();
  return {
    principal({ region = REGION, lifetimeMs = DAY_MS } = {}) {
      const session = rsaKeyPair();
      const token = signedToken(issuer.privateKey, {
        sub: "ocid1.fnfunc.oc1.phx.aaaaaaaalocalexample",
        res_tenant: TENANCY,
        res_compartment: TENANCY,
        exp: Math.floor((Date.now() + lifetimeMs) / 1000),
        jwk: JSON.stringify(session.publicKey.export({ format: "jwk" })),
      });
      const { write, remove } = createPrivateDirectory("principal-");
      return {
        variables: {
          OCI_RESOURCE_PRINCIPAL_VERSION: "2.2",
          OCI_RESOURCE_PRINCIPAL_RPST: write("rpst", token),
          OCI_RESOURCE_PRINCIPAL_PRIVATE_PEM: write("private.pem", pemOf(session.privateKey)),
          OCI_RESOURCE_PRINCIPAL_REGION: region,
        },
        remove,
      };
    },
    user() {
      const { publicKey, privateKey } = rsaKeyPair();
      const user = `ocid1.user.oc1..aaaaaaaalocalexample${apiKeys.size}`;
      const fingerprint = fingerprintOf(publicKey);
      apiKeys.set(`${TENANCY}/${user}/${fingerprint}`, publicKey);
      const { write, remove } = createPrivateDirectory("user-");
      const profile = {
        user,
        fingerprint,
        tenancy: TENANCY,
        region: REGION,
        key_file: write("private.pem", pemOf(privateKey)),
      };
      const lines = Object.entries(profile).map(([name, value]) => `${name}=${value}\n`);
      return { configFile: write("config", `[DEFAULT]\n${lines.join("")}`), remove };
    },
    publicKey(keyId) {
      if (!keyId.startsWith("ST$")) return apiKeys.get(keyId);
      const claims = claimsOf(keyId.slice(3), issuer.publicKey);
      if (claims === undefined || typeof claims.exp !== "number" || claims.exp * 1000 <= Date.now()) return undefined;
      return createPublicKey({ key: JSON.parse(String(claims.jwk)) as JsonWebKey, format: "jwk" });
    },
  };
}

/** A directory for private keys: only we may read it, and it goes even if nobody tidies up. */
function createPrivateDirectory(prefix: string) {
  const directory = mkdtempSync(join(tmpdir(), prefix));
  const removeAll = () => rmSync(directory, { recursive: true, force: true });
  process.once("exit", removeAll);
  return {
    /** @returns the file's path */
    write(name: string, content: string): string {
      const path = join(directory, name);
      writeFileSync(path, content, { mode: 0o600 });
      return path;
    },
    remove() {
      process.off("exit", removeAll);
      removeAll();
    },
  };
}

function pemOf(key: KeyObject): string {
  return key.export({ type: "pkcs1", format: "pem" }).toString();
}

/** As OCI shows an API key: MD5 of its DER, in pairs of hex digits. */
function fingerprintOf(key: KeyObject): string {
  const digest = createHash("md5")
    .update(key.export({ type: "spki", format: "der" }))
    .digest("hex");
  return digest.replace(/(..)(?=.)/g, "$1:");
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
