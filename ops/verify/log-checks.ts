import { listAll } from "../provision/kind.ts";
import { type Check, failed, ok, type Walk, warning } from "./check.ts";

/** Is there a log of the function's calls? It is the application's. */
export async function logChecks({ place, refused, commands }: Walk): Promise<Check[]> {
  const application = place.found.find(({ kind, name }) => kind === "application" && name === place.applicationName);
  if (application === undefined || refused.has("log") || refused.has("log-group")) return [];
  const link = "log of the function";
  const fix = `${commands.apply}, or switch it on in the console, under the application`;
  const logs = await logsOf(application.id, place);
  const working = logs.find(({ isEnabled, lifecycleState }) => isEnabled !== false && lifecycleState !== "FAILED");
  if (working !== undefined) return [ok(link, `${working.displayName}, enabled`)];
  const [log] = logs;
  if (log === undefined) {
    return [warning(link, "there is none in this compartment: what fails leaves no trace", fix)];
  }
  if (log.isEnabled === false) {
    return [failed(link, `${log.displayName} is disabled: what fails leaves no trace`, fix)];
  }
  const anew = `oci logging log delete --log-group-id ${log.logGroupId} --log-id ${log.id}, then ${commands.apply}`;
  return [failed(link, `${log.displayName} has FAILED: what fails leaves no trace`, anew)];
}

async function logsOf(applicationId: string, { clients, found }: Walk["place"]) {
  const groups = found.filter(({ kind }) => kind === "log-group");
  const lists = groups.map(({ id: logGroupId }) =>
    listAll((page) => clients.logging.listLogs({ logGroupId, sourceResource: applicationId, ...page })),
  );
  return (await Promise.all(lists)).flat().filter(({ configuration }) => {
    const source = configuration?.source as { resource?: string; category?: string } | undefined;
    return source?.resource === applicationId && source.category === "invoke";
  });
}
