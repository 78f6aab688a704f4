import { InvalidArgumentError } from "commander";

/** For an option that takes the OCID of one of these kinds: "compartment", "fnfunc", as OCIDs spell them. */
export function ocidArgument(...kinds: readonly string[]) {
  const wanted = new RegExp(`^ocid1\\.(${kinds.join("|")})\\.[\\w.-]+$`);
  return (text: string): string => {
    if (wanted.test(text)) return text;
    throw new InvalidArgumentError(`expected an OCID such as ocid1.${kinds[0]}.oc1….`);
  };
}
