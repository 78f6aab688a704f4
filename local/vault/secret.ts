import { randomUUID } from "node:crypto";

export interface Secret {
  /** By these two getByName finds it. */
  name: string;
  vaultId: string;
  compartmentId: string;
  /** Version 1 first. */
  versions: SecretVersion[];
  /** Version numbers; a rotation that is taken back changes them. */
  current: number;
  previous: number | undefined;
}

export interface SecretVersion {
  content: Buffer;
  /** Another one with every version. */
  etag: string;
  timeCreated: string;
  timeOfExpiry?: string;
  /** Given to it by whoever made it; most have none. */
  name?: string;
}

export const STAGES = ["CURRENT", "PENDING", "LATEST", "PREVIOUS", "DEPRECATED"];

/** @returns the number of the new version */
export function putVersion(
  secret: Secret,
  content: string | Buffer,
  { stage, name }: { stage: "CURRENT" | "PENDING"; name: string | undefined },
): number {
  const timeCreated = new Date().toISOString();
  const version = { content: Buffer.from(content), etag: randomUUID(), timeCreated };
  const number = secret.versions.push({ ...version, ...(name !== undefined && { name }) });
  if (stage === "CURRENT" && number > 1) Object.assign(secret, { current: number, previous: secret.current });
  return number;
}

/** The newest that has the number, the name and the stage, as far as these were asked for. */
export function versionOf(
  secret: Secret,
  wanted: Partial<Record<"number" | "name" | "stage", string | undefined>>,
): SecretVersion | undefined {
  return secret.versions.findLast(
    ({ name }, index) =>
      (wanted.number === undefined || index + 1 === Number(wanted.number)) &&
      (wanted.name === undefined || name === wanted.name) &&
      (wanted.stage === undefined || stagesOf(secret, index + 1).includes(wanted.stage)),
  );
}

function stagesOf({ versions, current, previous }: Secret, number: number): string[] {
  const stage =
    number === current ? "CURRENT" : number === previous ? "PREVIOUS" : number > current ? "PENDING" : "DEPRECATED";
  return number === versions.length ? [stage, "LATEST"] : [stage];
}

/** A SecretBundle but for its secretId. What there is not is null, as OCI has it. */
export function bundleOf(secret: Secret, version: SecretVersion): Record<string, unknown> {
  const versionNumber = secret.versions.indexOf(version) + 1;
  return {
    timeCreated: version.timeCreated,
    versionNumber,
    versionName: version.name ?? null,
    secretBundleContent: { contentType: "BASE64", content: Buffer.from(version.content).toString("base64") },
    timeOfDeletion: null,
    timeOfExpiry: version.timeOfExpiry ?? null,
    stages: stagesOf(secret, versionNumber),
    metadata: null,
  };
}

/** Of each version what a bundle tells, but for what is secret: SecretBundleVersionSummary. */
export function summariesOf(secret: Secret): Record<string, unknown>[] {
  return secret.versions.map((version) => {
    const { secretBundleContent: _, metadata: __, ...summary } = bundleOf(secret, version);
    return summary;
  });
}
