import { styled } from "../terminal.ts";
import { APPLICATION, DEAD_LETTER_BUCKET, DEDUPE_BUCKET, FUNCTION, RULE } from "./dev-installation.ts";

export interface Installed {
  emulatorUrl: string;
  fnUrl: string;
  sinkUrl: string;
  configFile: string;
  tenancyId: string;
  compartmentId: string;
  /** Names of this environment that have a say in the function's configuration. */
  ownNames: readonly string[];
}

/** What stands where, and how to reach it from another terminal. */
export function installationText(installed: Installed): string {
  const { emulatorUrl, fnUrl, sinkUrl, configFile, tenancyId, compartmentId, ownNames } = installed;
  const own = ownNames.length === 0 ? "" : `\n  yours        ${ownNames.join(", ")}: of this environment`;
  return `${styled("bold", "A relay runs here.")}

  emulator     ${emulatorUrl}, tenancy ${tenancyId}
  Fn host      ${fnUrl}, for the fn command
  receiver     ${sinkUrl}, of the webhooks
  relay        application ${APPLICATION}, function ${FUNCTION}, in ${compartmentId}
  rule         ${RULE}, condition {}: every event of the tenancy goes to the function
  buckets      ${DEAD_LETTER_BUCKET}, ${DEDUPE_BUCKET}
  identity     ${configFile}, profile DEFAULT: an administrator${own}

In another terminal:

  export OCI_ENDPOINT_URL=${emulatorUrl} FN_API_URL=${fnUrl} RELAY_COMPARTMENT=${compartmentId}
  npm run emit -- instance-launched
  fn invoke ${APPLICATION} ${FUNCTION} < test/fixtures/instance-launched.json
  npm run relay -- replay --bucket ${DEAD_LETTER_BUCKET} --config-file ${configFile} --dry-run
`;
}
