import type { AccessOptions } from "./access.ts";
import type { PlaceOptions } from "./provision/place.ts";

/** Where what is not said means this. */
const DEFAULTS = new Map([
  ["name", "relay"],
  ["application", "relay"],
  ["function", "oci-event-relay"],
  ["auth", "config"],
  ["profile", "DEFAULT"],
]);

const FLAGS = {
  compartment: "--compartment",
  tenancy: "--tenancy",
  name: "--name",
  application: "--application",
  function: "--function",
  auth: "--auth",
  configFile: "--config-file",
  profile: "--profile",
  region: "--region",
} as const;

type Flag = keyof typeof FLAGS;

/** The options by which a command found its installation, as they have to be typed for another one. */
export function asTyped(
  options: Partial<AccessOptions & PlaceOptions>,
  flags: readonly Flag[] = Object.keys(FLAGS) as Flag[],
): string {
  return flags
    .flatMap((flag) => {
      const value = options[flag];
      return value === undefined || DEFAULTS.get(flag) === value ? [] : [`${FLAGS[flag]} ${value}`];
    })
    .join(" ");
}

export const ACCESS_FLAGS: readonly Flag[] = ["auth", "configFile", "profile", "region"];
