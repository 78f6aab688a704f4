import {
  createHash,
  createPrivateKey,
  createPublicKey,
  createSign,
  createVerify,
  generateKeyPairSync,
  type JsonWebKey,
  type KeyObject,
  type KeyPairKeyObjectResult,
  randomUUID,
} from "node:crypto";
import { createPrivateDirectory } from "./private-directory.ts";

/** The identity service of the local OCI: gives out identities and recognises its own. */
export interface Issuer {
  /** OCI_RESOURCE_PRINCIPAL_* for one function, with token and key in files, as the platform does it. */
  principal: (options?: PrincipalOptions) => ResourcePrincipal;
  /** A user with an API key, as the SDK's ConfigFileAuthenticationDetailsProvider and the CLI read it: profile DEFAULT. */
  user: () => ApiKeyUser;
  /** A user with a session token, as `oci session authenticate` leaves it: profile DEFAULT. */
  session: (options?: { lifetimeMs?: number }) => ApiKeyUser;
  /**
   * The public key that a key id names: `ST$<token>` that of a session, `<tenancy>/<user>/<fingerprint>` that of a user.
   * Undefined if it is not ours or the token has ended.
   */
  publicKey: (keyId: string) => KeyObject | undefined;
  /** Whose key id it is; undefined wherever publicKey is. */
  callerOf: (keyId: string) => Caller | undefined;
}

/** Who makes a request. */
export type Caller =
  | { kind: "user"; userId: string; tenancyId: string }
  | { kind: "function"; functionId: string; compartmentId: string; tenancyId: string };

export interface PrincipalOptions {
  region?: string;
  lifetimeMs?: number;
  functionId?: string;
  /** That of the function. */
  compartmentId?: string;
}

export interface ResourcePrincipal {
  variables: Record<string, string>;
  remove: () => void;
}

export interface ApiKeyUser {
  configFile: string;
  remove: () => void;
}

export const REGION = "us-phoenix-1";
export const TENANCY = "ocid1.tenancy.oc1..aaaaaaaalocalexampletenancy";
const FUNCTION = "ocid1.fnfunc.oc1.phx.aaaaaaaalocalexample";
const USER = "ocid1.user.oc1..aaaaaaaalocalexample";
const DAY_MS = 86_400_000;

/** @param options keys: where keys are kept, PEM by key id, its own as "issuer"; region: that of its users' profiles */
export function createIssuer({ keys = new Map<string, string>(), region: home = REGION } = {}): Issuer {
  const issuer = issuerKeys(keys);
  const issuerId = keys.get("issuer id") ?? randomUUID();
  keys.set("issuer id", issuerId);
  /** A token for a key pair of its own, as all sessions have it. */
  const openSession = (claims: Record<string, unknown>, lifetimeMs: number) => {
    const { publicKey, privateKey } = rsaKeyPair();
    const exp = Math.floor((Date.now() + lifetimeMs) / 1000);
    const jwk = JSON.stringify(publicKey.export({ format: "jwk" }));
    return { publicKey, privateKey, token: signedToken(issuer.privateKey, { ...claims, iss: issuerId, exp, jwk }) };
  };
  return {
    principal({ region = home, lifetimeMs = DAY_MS, functionId = FUNCTION, compartmentId = TENANCY } = {}) {
      const claims = { sub: functionId, res_tenant: TENANCY, res_compartment: compartmentId };
      const { privateKey, token } = openSession(claims, lifetimeMs);
      const { write, remove } = createPrivateDirectory("principal-");
      return {
        variables: {
          OCI_RESOURCE_PRINCIPAL_VERSION: "2.2",
          OCI_RESOURCE_PRINCIPAL_RPST: write("rpst", token),
          OCI_RESOURCE_PRINCIPAL_PRIVATE_PEM: write("private.pem", pemOf(privateKey)),
          OCI_RESOURCE_PRINCIPAL_REGION: region,
        },
        remove,
      };
    },
    user() {
      const { publicKey, privateKey } = rsaKeyPair();
      const user = `${USER}${randomUUID().replaceAll("-", "")}`;
      const fingerprint = fingerprintOf(publicKey);
      keys.set(`${TENANCY}/${user}/${fingerprint}`, publicKey.export({ type: "spki", format: "pem" }).toString());
      const { write, remove } = createPrivateDirectory("user-");
      const profile = { user, fingerprint, key_file: write("private.pem", pemOf(privateKey)) };
      return { configFile: write("config", profileText({ region: home, ...profile })), remove };
    },
    session({ lifetimeMs = DAY_MS } = {}) {
      const { publicKey, privateKey, token } = openSession({ sub: USER, tenant: TENANCY }, lifetimeMs);
      const { write, remove } = createPrivateDirectory("session-");
      const profile = { fingerprint: fingerprintOf(publicKey), key_file: write("private.pem", pemOf(privateKey)) };
      const text = profileText({ region: home, ...profile, security_token_file: write("token", token) });
      return { configFile: write("config", text), remove };
    },
    publicKey(keyId) {
      const apiKey = keyId.startsWith("ocid1.") ? keys.get(keyId) : undefined;
      if (apiKey !== undefined) return createPublicKey(apiKey);
      const claims = liveClaims(keyId);
      return claims && createPublicKey({ key: JSON.parse(String(claims.jwk)) as JsonWebKey, format: "jwk" });
    },
    callerOf(keyId) {
      if (!keyId.startsWith("ST$")) {
        const [tenancyId = "", userId = ""] = keyId.split("/");
        return keyId.startsWith("ocid1.") && keys.has(keyId) ? { kind: "user", userId, tenancyId } : undefined;
      }
      const claims = liveClaims(keyId);
      if (claims === undefined) return undefined;
      const { sub, tenant, res_tenant, res_compartment } = claims;
      return res_tenant === undefined
        ? { kind: "user", userId: String(sub), tenancyId: String(tenant) }
        : {
            kind: "function",
            functionId: String(sub),
            compartmentId: String(res_compartment),
            tenancyId: String(res_tenant),
          };
    },
  };

  /** Undefined if the token is not ours or has ended. */
  function liveClaims(keyId: string): Record<string, unknown> | undefined {
    const claims = keyId.startsWith("ST$") ? claimsOf(keyId.slice(3), issuer.publicKey) : undefined;
    const isOurs = claims?.iss === issuerId;
    return isOurs && typeof claims.exp === "number" && claims.exp * 1000 > Date.now() ? claims : undefined;
  }
}

function profileText(profile: Record<string, string>): string {
  const lines = Object.entries({ tenancy: TENANCY, ...profile });
  return `[DEFAULT]\n${lines.map(([name, value]) => `${name}=${value}\n`).join("")}`;
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

function issuerKeys(keys: Map<string, string>) {
  const kept = keys.get("issuer");
  if (kept === undefined) {
    const made = rsaKeyPair();
    keys.set("issuer", pemOf(made.privateKey));
    return made;
  }
  const privateKey = createPrivateKey(kept);
  return { privateKey, publicKey: createPublicKey(privateKey) };
}

/** Takes a fifth of a second to make: whoever starts many clouds gets some again. What tells identities apart is their ids. */
function rsaKeyPair() {
  const place = given++ % MAX_KEY_PAIRS;
  const pair = keyPairs[place] ?? generateKeyPairSync("rsa", { modulusLength: 2048 });
  keyPairs[place] = pair;
  return pair;
}

const MAX_KEY_PAIRS = 8;
const keyPairs: KeyPairKeyObjectResult[] = [];
let given = 0;

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
