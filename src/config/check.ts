import { createEgress, type Egress } from "../egress/guard.ts";
import { kindOf, shown } from "../problem.ts";
import { isReference, type Reference } from "./reference.ts";
import type { Variables } from "./relay.ts";

/** What a check works with: it reports under the label of a setting's path, and reads what stands elsewhere. */
export interface Check {
  report: (path: string, problem: string) => void;
  /** The text of a setting; undefined if it is absent, cannot be read (then reported), or is not known yet. */
  textOf: (path: string, text: unknown) => string | undefined;
  /** The same of one that may not stand in the code. */
  referenceOf: (path: string, secret: unknown) => string | undefined;
  /** The same of one that should not stand in the function's configuration either. */
  secretOf: (path: string, secret: unknown) => string | undefined;
  /** Reports what is absent. */
  require: (path: string, text: unknown) => void;
  /** Reports keys that are not known, and known ones that hold `undefined`: a slip there would pass unseen. */
  keys: (path: string, value: object, known: readonly string[]) => void;
  /** Reports what is no plain object. */
  isObject: (path: string, value: unknown) => value is Record<string, unknown>;
  egress: Egress;
}

export interface CheckContext {
  /** Undefined at build, when they are not known. */
  variables: Variables | undefined;
  label: (path: string) => string;
  egressAllow: readonly string[];
  /** Is there a second check, once the secrets have been read from the vault? */
  canSettle: boolean;
}

/** What a check finds out beside the problems. */
export interface Findings {
  /** Every report, as one line. */
  problems: string[];
  /** OCIDs of the secrets that are to be read from the vault. */
  secretIds: Set<string>;
  /** Secrets that stand in the function's configuration in plain, by their names there. */
  plainSecrets: Set<string>;
  /** The secrets themselves, as far as they are known. */
  secretTexts: Set<string>;
}

export function noFindings(): Findings {
  return { problems: [], secretIds: new Set(), plainSecrets: new Set(), secretTexts: new Set() };
}

const SECRET_OCID = /^ocid1\.vaultsecret\.[a-z0-9._-]+$/i;
const VAULT = "vault:";
const HOW_TO_READ = 'env("NAME") or vault("ocid1.vaultsecret…")';

/** @param secrets those that were read from the vault, by OCID */
export function createCheck(
  context: CheckContext,
  findings: Findings,
  secrets: ReadonlyMap<string, string> = new Map(),
): Check {
  const report = (path: string, problem: string) => void findings.problems.push(`${context.label(path)}: ${problem}`);

  function fromVault(path: string, id: string): string | undefined {
    if (!context.canSettle) {
      report(path, "is not read from the vault; set it in the function's configuration");
      return undefined;
    }
    // What stands there may be the secret itself.
    if (!SECRET_OCID.test(id)) {
      report(path, "expected the OCID of a secret after vault:, ocid1.vaultsecret…");
      return undefined;
    }
    findings.secretIds.add(id);
    const secret = secrets.get(id);
    if (secret === "") report(path, `the secret …${id.slice(-6)} is empty in the vault`);
    if (secret) findings.secretTexts.add(secret);
    return secret || undefined;
  }

  function read(path: string, text: string | Reference): { value: string | undefined; isPlain: boolean } {
    if (typeof text !== "string" && "vault" in text) return { value: fromVault(path, text.vault), isPlain: false };
    const value = typeof text === "string" ? text : "given" in text ? text.given : context.variables?.[text.env];
    if (value?.startsWith(VAULT)) return { value: fromVault(path, value.slice(VAULT.length)), isPlain: false };
    if (typeof text !== "string" && "env" in text && context.variables !== undefined && !value) {
      report(path, `${text.env} is not set in the function's configuration`);
    } else if (value === "") report(path, "is empty");
    return { value: value || undefined, isPlain: true };
  }

  function readReference(path: string, secret: unknown): ReturnType<typeof read> | undefined {
    if (secret === undefined) return undefined;
    if (isReference(secret) || secret === "") return read(path, secret);
    const came = typeof secret === "string" ? "is written out in relay.config.ts" : `is ${kindOf(secret)}`;
    report(path, `${came}; a secret is read, with ${HOW_TO_READ}`);
    return typeof secret === "string" ? { value: secret, isPlain: false } : undefined;
  }

  return {
    report,
    egress: createEgress(context.egressAllow),
    textOf(path, text) {
      if (text === undefined) return undefined;
      if (typeof text === "string" || isReference(text)) return read(path, text).value;
      report(path, `expected a text or env("NAME"), got ${shown(text)}`);
      return undefined;
    },
    referenceOf: (path, secret) => readReference(path, secret)?.value,
    secretOf(path, secret) {
      const { value, isPlain = false } = readReference(path, secret) ?? {};
      if (value !== undefined) findings.secretTexts.add(value);
      if (isPlain && value !== undefined) {
        findings.plainSecrets.add(isReference(secret) && "env" in secret ? secret.env : context.label(path));
      }
      return value;
    },
    require(path, text) {
      if (text === undefined) report(path, 'expected a text or env("NAME"), got nothing');
    },
    keys(path, value, known) {
      for (const [key, item] of Object.entries(value)) {
        const at = path === "" ? key : `${path}.${key}`;
        if (!known.includes(key)) report(at, `is not known; known are ${known.join(", ")}`);
        else if (item === undefined) report(at, 'is undefined; leave it out, or read it with env("NAME")');
      }
    },
    isObject(path, value): value is Record<string, unknown> {
      if (typeof value === "object" && value !== null && !Array.isArray(value) && !isReference(value)) return true;
      report(path, `expected an object, got ${kindOf(value)}`);
      return false;
    },
  };
}
