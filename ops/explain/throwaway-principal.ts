import { createIssuer } from "../../local/emulator/principal.ts";
import { type OciPrincipal, resourcePrincipal } from "../../src/oci.ts";

/** Signs as the function does, with a key that nobody knows and OCI would refuse. */
export function throwawayPrincipal(region: string | undefined): OciPrincipal {
  const { variables } = createIssuer().principal(region === undefined ? {} : { region });
  const before = Object.keys(variables).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, variables);
  try {
    return resourcePrincipal(region);
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}
