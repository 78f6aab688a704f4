/** How connections to one URL are made. */
export interface Channel {
  /** Why its host may not be connected at this address; undefined if it may. */
  refusal: (address: string) => string | undefined;
  tls: Tls | undefined;
}

/** PEM texts, known to be sound. */
export interface Tls {
  /** No other certificate authority is trusted then. */
  ca?: string;
  /** The relay's own, with the key to it. */
  cert?: string;
  key?: string;
  passphrase?: string;
  /** The day on which `cert` ends, as OpenSSL writes it. */
  validTo?: string;
}

/** The code of a connection that its channel refuses. */
export const EGRESS_REFUSED = "EGRESS_REFUSED";
