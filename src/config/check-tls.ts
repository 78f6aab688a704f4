import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import type { Tls } from "../http/channel.ts";
import type { Check } from "./check.ts";

const TLS_KEYS = ["ca", "cert", "key", "passphrase"];
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/** Certificates and key of a connection, as far as they are known; each is read here, so that no handshake is the first to do so. */
export function checkTls(path: string, config: unknown, check: Check): Tls | undefined {
  if (config === undefined || !check.isObject(path, config)) return undefined;
  check.keys(path, config, TLS_KEYS);
  const ca = check.textOf(`${path}.ca`, config.ca);
  const cert = check.textOf(`${path}.cert`, config.cert);
  const keyText = check.secretOf(`${path}.key`, config.key);
  const passphrase = check.secretOf(`${path}.passphrase`, config.passphrase);
  if ((config.cert === undefined) !== (config.key === undefined)) {
    check.report(path, "cert and key belong together: a certificate of the relay's own, and the key to it");
  }
  const authorities = ca === undefined ? undefined : certificatesIn(`${path}.ca`, ca, check);
  const own = cert === undefined ? undefined : certificatesIn(`${path}.cert`, cert, check);
  const isKeyKnown = keyText !== undefined && (config.passphrase === undefined || passphrase !== undefined);
  const key = isKeyKnown ? keyIn(`${path}.key`, { text: keyText, passphrase }, check) : undefined;
  const isFitting = own?.[0] === undefined || key === undefined || own[0].checkPrivateKey(key);
  if (!isFitting) {
    check.report(`${path}.key`, "is not the key to cert; expected the private key that the certificate was made for");
  }
  const pems = {
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(keyText !== undefined && { key: keyText }),
    ...(passphrase !== undefined && { passphrase }),
  };
  const isReadable = authorities?.length !== 0 && own?.length !== 0 && (config.key === undefined || key !== undefined);
  if (isReadable && isFitting) checkWithOpenssl(path, pems, check);
  return { ...pems, ...(own?.[0] !== undefined && { validTo: own[0].validTo }) };
}

/** What can be read may still be refused: a key too short, a hash too weak. Better told now than at the first event. */
function checkWithOpenssl(path: string, pems: Tls, check: Check): void {
  try {
    // Loaded here: who has no certificates of their own needs none of it.
    process.getBuiltinModule("node:tls").createSecureContext(pems);
  } catch (error) {
    check.report(
      path,
      `OpenSSL does not take it (${(error as NodeJS.ErrnoException).code}); see that all fit and none is too weak`,
    );
  }
}

function certificatesIn(path: string, text: string, check: Check): X509Certificate[] {
  const blocks = text.match(CERTIFICATE) ?? [];
  if (blocks.length === 0) check.report(path, "holds no certificate; expected PEM, -----BEGIN CERTIFICATE-----");
  return blocks.flatMap((block, index) => {
    try {
      return [new X509Certificate(block)];
    } catch {
      check.report(
        path,
        `certificate ${index + 1} of ${blocks.length} cannot be read; expected PEM, whole and unchanged`,
      );
      return [];
    }
  });
}

function keyIn(
  path: string,
  { text, passphrase }: { text: string; passphrase: string | undefined },
  check: Check,
): KeyObject | undefined {
  if (passphrase === undefined && text.includes("ENCRYPTED")) {
    check.report(path, "is encrypted; set passphrase beside it");
    return undefined;
  }
  try {
    return createPrivateKey({ key: text, ...(passphrase !== undefined && { passphrase }) });
  } catch {
    const how = passphrase === undefined ? "" : " with this passphrase";
    check.report(path, `cannot be read${how}; expected a private key in PEM`);
    return undefined;
  }
}
