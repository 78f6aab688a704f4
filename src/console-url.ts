import type { Resource } from "./common-details.ts";
import type { OciEvent } from "./envelope.ts";
import type { Normalised } from "./handler.ts";

interface Pages extends Pick<Normalised, "page"> {
  /** Where the console has the family's pages. */
  pages?: string | undefined;
}

// Of the commercial realm: the others have consoles of their own, on other hosts.
const OCID = /^ocid1\.[a-z0-9]+\.oc1\.[a-z0-9._-]+$/i;

/** The resource's page in the console: by its OCID, or where its family says. */
export function consoleUrl(event: OciEvent, { id, region, pages, page }: Resource & Pages): string | undefined {
  const isOcid = id !== undefined && OCID.test(id);
  const path = isOcid && pages !== undefined ? `${pages}/${id}` : page?.map(urlPart).join("/");
  // What has no OCID is in the realm of its compartment.
  const isInRealm = isOcid || OCID.test(event.data.compartmentId ?? "");
  return path === undefined || region === undefined || !isInRealm
    ? undefined
    : `https://cloud.oracle.com/${path}?region=${region}`;
}

// encodeURIComponent throws at a lone surrogate.
function urlPart(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}
