const REFERENCE = Symbol("reference");

/**
 * Where a value is read: from the function's configuration at start, or from OCI Vault at its first use. `given` is one that
 * the function's configuration itself has brought, such as a part of WEBHOOK_HEADERS.
 */
export type Reference = { readonly [REFERENCE]: true } & (
  | { readonly env: string }
  | { readonly vault: string }
  | { readonly given: string }
);

/** A value of the function's configuration; one that reads `vault:<OCID>` is a secret of OCI Vault. */
export function referenceTo(name: string): Reference {
  return { [REFERENCE]: true, env: name };
}

/** A secret of OCI Vault, by its OCID. */
export function vaultSecret(id: string): Reference {
  return { [REFERENCE]: true, vault: id };
}

export function givenText(text: string): Reference {
  return { [REFERENCE]: true, given: text };
}

/** A text of no characters, wherever it comes from. */
export function isEmptyText(value: unknown): boolean {
  return value === "" || (isReference(value) && "given" in value && value.given === "");
}

/** By its symbol: JSON of the same shape is no reference. */
export function isReference(value: unknown): value is Reference {
  return typeof value === "object" && value !== null && REFERENCE in value;
}
