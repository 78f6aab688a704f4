import { shown } from "../problem.ts";
import { isReference, type Text, type Variables } from "./relay.ts";

/** What a check works with: it reports under the label of a setting's path, and reads what stands elsewhere. */
export interface Check {
  report: (path: string, problem: string) => void;
  /** The text of a setting; undefined if it is absent, cannot be read (then reported), or is not known before start. */
  textOf: (path: string, text: Text | undefined) => string | undefined;
  /** The same, but an absent text is a problem too. */
  requiredTextOf: (path: string, text: Text | undefined) => string | undefined;
  /** Reports keys that are not known, and known ones that hold `undefined`: a slip there would pass unseen. */
  keys: (path: string, value: object, known: readonly string[]) => void;
  egressAllow: readonly string[];
}

/** @param problems takes every report, as one line */
export function createCheck(context: {
  variables: Variables | undefined;
  label: (path: string) => string;
  egressAllow: readonly string[];
  problems: string[];
}): Check {
  const report = (path: string, problem: string) => void context.problems.push(`${context.label(path)}: ${problem}`);
  const textOf = (path: string, text: Text | undefined): string | undefined => {
    if (text === undefined) return undefined;
    if (typeof text !== "string" && !isReference(text)) {
      report(path, `expected a text or env("NAME"), got ${shown(text)}`);
      return undefined;
    }
    const value = typeof text === "string" ? text : context.variables?.[text.env];
    if (value?.startsWith("vault:")) {
      report(path, "vault: references are not supported by this version yet");
      return undefined;
    }
    if (typeof text !== "string" && context.variables !== undefined && !value) {
      report(path, `${text.env} is not set in the function's configuration`);
    }
    return value || undefined;
  };
  return {
    report,
    egressAllow: context.egressAllow,
    textOf,
    keys(path, value, known) {
      for (const [key, item] of Object.entries(value)) {
        const at = path === "" ? key : `${path}.${key}`;
        if (!known.includes(key)) report(at, `is not known; known are ${known.join(", ")}`);
        else if (item === undefined) report(at, 'is undefined; leave it out, or read it with env("NAME")');
      }
    },
    requiredTextOf(path, text) {
      if (text === undefined || text === "") report(path, `expected a text or env("NAME"), got ${shown(text)}`);
      return textOf(path, text);
    },
  };
}
