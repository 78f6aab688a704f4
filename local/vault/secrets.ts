import { type Call, page } from "../emulator/api.ts";
import type { Cloud } from "../emulator/cloud.ts";
import { type Issuer, TENANCY } from "../emulator/principal.ts";
import { keyIdOf, signatureProblem } from "../emulator/signature.ts";
import { sorted } from "../emulator/sorted.ts";
import { codeOf, decoded, refusal, requestId } from "../emulator/wire.ts";
import type { HttpAnswer, LoopbackAnswer, LoopbackRequest } from "../loopback.ts";
import { bundleOf, putVersion, type Secret, STAGES, summariesOf, versionOf } from "./secret.ts";

export interface SecretsRequest extends LoopbackRequest {
  /** The OCID of the secret that is asked for, or found by its name. */
  id: string | undefined;
  /** 1 for the first request ever. */
  count: number;
}

export interface SecretsEntry {
  status: number | Exclude<LoopbackAnswer, object>;
  code?: string;
  id?: string;
}

type Fault = LoopbackAnswer | undefined;

export interface PutOptions {
  name?: string;
  vaultId?: string;
  /** CURRENT unless told; PENDING is the version of a rotation that is under way. */
  stage?: "CURRENT" | "PENDING";
  /** Of the version. */
  versionName?: string;
  /** Where policies have to let it be read; default: the root. */
  compartmentId?: string;
}

export interface SecretsOptions {
  issuer: Issuer;
  /** With it secrets are kept, and functions need SECRET_BUNDLE_READ. Without: neither. */
  cloud?: Cloud | undefined;
}

export interface SecretsEmulator {
  /** By OCID; what is changed here is changed. */
  secrets: Map<string, Secret>;
  /**
   * Makes a new version, of a new secret if there is none yet.
   * @returns the version's number
   */
  put: (id: string, content: string | Buffer, options?: PutOptions) => number;
  /** Every request that came, refused ones too, once it was decided what to answer. */
  requests: SecretsEntry[];
  /** Comes instead of what was asked for, from now on; undefined: nothing does. */
  fault: Fault | ((request: SecretsRequest) => Fault | Promise<Fault>);
  answer: (request: LoopbackRequest) => Promise<LoopbackAnswer>;
}

export const LOCAL_VAULT_ID = "ocid1.vault.oc1.phx.localexample.aaaaaaaalocalexamplevault";

/** What a request asks for; `id` is undefined where it names a secret by its name. */
interface Asked {
  id: string | undefined;
  isOfVersions: boolean;
  query: URLSearchParams;
}

/**
 * The retrieval of secrets from OCI Vault: GetSecretBundle, GetSecretBundleByName and ListSecretBundleVersions. Verifies
 * every signature.
 */
export function createSecrets({ issuer, cloud }: SecretsOptions): SecretsEmulator {
  let count = 0;
  const emulator: SecretsEmulator = {
    secrets: cloud?.store.collection<Secret>("secrets") ?? new Map(),
    requests: [],
    fault: undefined,
    put(id, content, options = {}) {
      const { name = id, vaultId = LOCAL_VAULT_ID, stage = "CURRENT", compartmentId = TENANCY } = options;
      const made = { name, vaultId, compartmentId, versions: [], current: 1, previous: undefined };
      const secret = emulator.secrets.get(id) ?? made;
      emulator.secrets.set(id, secret);
      return putVersion(secret, content, { stage, name: options.versionName });
    },
    async answer(request) {
      count += 1;
      const asked = askedOf(request);
      const id = asked?.id ?? idByName(asked?.query);
      const { fault } = emulator;
      const instead = typeof fault === "function" ? await fault({ ...request, id, count }) : fault;
      const answer = instead ?? retrieve(request, asked, id);
      const told = typeof answer === "string" ? { status: answer } : { status: answer.status, ...codeOf(answer) };
      emulator.requests.push({ ...told, ...(id !== undefined && { id }) });
      return answer;
    },
  };
  return emulator;

  function retrieve(request: LoopbackRequest, asked: Asked | undefined, id: string | undefined): HttpAnswer {
    const refuse = (status: number, code: string, message: string) => refusal(request, status, code, message);
    if (asked === undefined) return refuse(404, "NotFound", "no such operation here");
    const method = asked.id === undefined ? "POST" : "GET";
    if (request.method !== method) return refuse(405, "MethodNotAllowed", `this operation takes ${method}`);
    const problem = signatureProblem(request, issuer.publicKey);
    if (problem !== undefined) return refuse(401, "NotAuthenticated", problem);
    const required = asked.id === undefined ? ["secretName", "vaultId"] : [];
    const missing = required.find((name) => !asked.query.get(name));
    if (missing !== undefined) return refuse(400, "MissingParameter", `${missing}: is required`);
    const stage = asked.query.get("stage") ?? undefined;
    if (stage !== undefined && !STAGES.includes(stage)) {
      return refuse(400, "InvalidParameter", `stage: one of ${STAGES.join(", ")}`);
    }
    const number = asked.query.get("versionNumber") ?? undefined;
    if (number !== undefined && !/^[1-9]\d*$/.test(number)) {
      return refuse(400, "InvalidParameter", "versionNumber: a whole number from 1");
    }
    const secret = emulator.secrets.get(id ?? "");
    const notFound = () =>
      refuse(404, "NotAuthorizedOrNotFound", "Authorization failed or requested resource not found.");
    const permission = asked.isOfVersions ? "SECRET_BUNDLE_INSPECT" : "SECRET_BUNDLE_READ";
    if (id === undefined || secret === undefined || !may(request, permission, { id, secret })) return notFound();
    if (asked.isOfVersions)
      return versions({ request, parameters: {}, query: asked.query, caller: undefined }, id, secret);
    const name = asked.query.get("secretVersionName") ?? undefined;
    const isNamed = number !== undefined || name !== undefined;
    const version = versionOf(secret, { number, name, stage: isNamed ? stage : (stage ?? "CURRENT") });
    if (version === undefined) return notFound();
    const headers = { etag: version.etag, "opc-request-id": requestId(request) };
    return { status: 200, headers, body: JSON.stringify({ secretId: id, ...bundleOf(secret, version) }) };
  }

  function may(request: LoopbackRequest, permission: string, of: { id: string; secret: Secret }): boolean {
    const caller = issuer.callerOf(keyIdOf(request));
    if (cloud === undefined || caller === undefined) return cloud === undefined;
    const { compartmentId } = of.secret;
    return cloud.allows(caller, permission, { compartmentId, variables: { "target.secret.id": of.id } });
  }

  function idByName(query: URLSearchParams | undefined): string | undefined {
    const named = [...emulator.secrets].find(
      ([, { name, vaultId }]) => name === query?.get("secretName") && vaultId === query.get("vaultId"),
    );
    return named?.[0];
  }
}

function versions(call: Call, secretId: string, secret: Secret): HttpAnswer {
  const summaries: Record<string, unknown>[] = summariesOf(secret).map((summary) => ({ secretId, ...summary }));
  const ordered = sorted(call, summaries, { VERSION_NUMBER: (one) => String(one.versionNumber).padStart(9, "0") });
  return "answer" in ordered ? ordered.answer : page(call, ordered.items);
}

const PATH = /^\/20190301\/secretbundles\/(actions\/getByName|[^/?]+)(\/versions)?(?:\?(.*))?$/;

function askedOf({ path }: LoopbackRequest): Asked | undefined {
  const [, place, list, query] = PATH.exec(path) ?? [];
  const isByName = place === "actions/getByName";
  const id = isByName ? undefined : decoded(place);
  if (place === undefined || (id === undefined && !isByName) || (isByName && list !== undefined)) return undefined;
  return { id, isOfVersions: list !== undefined, query: new URLSearchParams(query) };
}
