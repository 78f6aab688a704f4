import { Region } from "oci-common";

/** A region of OCI by its identifier: the SDKs of what is to be tried here know no others. @throws Error that says what it must be */
export function knownRegion(option: string, text: string): string {
  if (Region.values().some(({ regionId }) => regionId === text)) return text;
  throw new Error(`${option}: a region of OCI such as us-phoenix-1, got ${JSON.stringify(text)}`);
}
