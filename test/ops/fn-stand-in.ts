import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { ConfigFileAuthenticationDetailsProvider } from "oci-common";
import { FunctionsManagementClient } from "oci-functions";
import { parse } from "yaml";

/**
 * In the place of the fn command, which cannot be installed from a registry: what `fn create app` and `fn deploy` of its version 0.6.63, with
 * the provider oracle, ask of OCI, less the building and pushing of the image. Anything else ends with 1, so that nobody believes that it was done.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { annotation: { type: "string" }, app: { type: "string" }, "no-bump": { type: "boolean" } },
});
const { OCI_ENDPOINT_URL = "", FN_COMPARTMENT: compartmentId = "", HOME } = process.env;
const functions = new FunctionsManagementClient({
  authenticationDetailsProvider: new ConfigFileAuthenticationDetailsProvider(`${HOME}/.oci/config`),
});
functions.endpoint = OCI_ENDPOINT_URL;

const command = positionals.join(" ");
if (/^create app \S+$/.test(command) && values.annotation !== undefined) {
  const [, subnetIds] = /^oracle\.com\/oci\/subnetIds=(.*)$/.exec(values.annotation) ?? [];
  const createApplicationDetails = {
    compartmentId,
    displayName: positionals[2] ?? "",
    subnetIds: JSON.parse(subnetIds ?? ""),
  };
  await functions.createApplication({ createApplicationDetails });
} else if (command === "deploy" && values.app !== undefined && values["no-bump"]) {
  const { name, version, memory, timeout } = parse(readFileSync("func.yaml", "utf8"));
  const { items } = await functions.listApplications({ compartmentId, displayName: values.app });
  const [application] = items;
  if (application === undefined) throw new Error(`fn deploy: there is no app ${values.app}`);
  await functions.createFunction({
    createFunctionDetails: {
      ...{ applicationId: application.id, displayName: name, image: `phx.ocir.io/tenancy/relay/${name}:${version}` },
      ...{ memoryInMBs: memory, timeoutInSeconds: timeout },
    },
  });
} else {
  console.error(`fn ${process.argv.slice(2).join(" ")}: not what the stand-in knows`);
  process.exitCode = 1;
}
functions.close();
