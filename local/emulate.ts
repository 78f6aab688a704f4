import { existsSync, mkdirSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { ENTRY } from "./container.ts";
import { administrator } from "./dev/administrator.ts";
import { askedToEnd } from "./dev/asked-to-end.ts";
import { FolderTaken, lockFolder } from "./dev/folder-lock.ts";
import { answeredRequest, type Happening, heldMail, loggedLine } from "./dev/happening.ts";
import { happeningText } from "./dev/happening-text.ts";
import { localCompartment } from "./dev/local-compartment.ts";
import { portOf, portProblem } from "./dev/port.ts";
import { knownRegion } from "./dev/region.ts";
import { type LocalCloud, startCloud } from "./emulator/start-cloud.ts";
import { printable, styled } from "./terminal.ts";

const USAGE = `Usage: npm run --silent emulator -- [options]

A local Oracle Cloud for the SDKs, the oci command and npm run relay: Identity, Events, Notifications, Functions, Object Storage,
Streaming, Logging, Monitoring and secrets behind one URL, on 127.0.0.1 only. It runs functions of the image oci-event-relay out
of dist/, verifies signatures, believes policies, sends no mail, and tells of every request and event.

  --port <number>        default 4599; 0 takes any that is free
  --folder <path>        where all is kept that is made in it; default: in memory
  --region <id>          default us-phoenix-1
  --home-region <id>     where identity events fire; default: the region
  --json                 one JSON line for the start, then one for each thing that happens
  -h, --help

Ctrl-C ends it.`;

const WRONG_USAGE = 2;

interface Options {
  port: number;
  folder: string | undefined;
  region: string;
  homeRegion: string;
  json: boolean;
}

/** Gives the folder free. */
let free = () => {};

/** What the start itself does is nobody's concern: a script finds the start in the first line. */
let isStarted = false;

// Whoever has read enough, as head has, ends it.
process.stdout.on("error", () => process.exit());
const options = optionsOf();
if (options !== undefined) await main(options);

async function main(options: Options): Promise<void> {
  const ended = askedToEnd();
  // Also where the process ends in a hurry.
  process.once("exit", () => free());
  const cloud = await started(options);
  if (cloud === undefined) {
    process.exitCode = 1;
    return;
  }
  const { configFile, remove } = administrator(cloud.issuer, options);
  const compartmentId = await localCompartment({ url: cloud.url, configFile });
  const start = { url: cloud.url, tenancyId: cloud.cloud.tenancyId, compartmentId, configFile };
  if (options.json) tellJson({ kind: "start", ...start, region: options.region, homeRegion: options.homeRegion });
  else console.log(startText({ ...start, ...options }));
  if (!existsSync(ENTRY)) {
    console.error("dist/ is not built, so functions cannot start yet: npm run build, at any time.");
  }
  isStarted = true;
  cloud.onAnswer = (request, answer) => tell(answeredRequest(cloud.cloud, request, answer));
  await ended;
  await cloud.close();
  remove();
  process.exit(0);
}

async function started({ port, folder, region, homeRegion }: Options): Promise<LocalCloud | undefined> {
  try {
    if (folder !== undefined) {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      free = lockFolder(folder);
    }
    const cloud: LocalCloud = await startCloud({
      ...{ port, region, homeRegion, ...(folder !== undefined && { folder }) },
      onEmitted: (emitted) => tell({ kind: "event", ...emitted }),
      onMail: (mail) => tell(heldMail(mail)),
      onLog: (functionId, line) => tell(loggedLine(cloud.cloud, functionId, line)),
    });
    return cloud;
  } catch (error) {
    const isOfFolder =
      error instanceof SyntaxError ||
      error instanceof FolderTaken ||
      (error as NodeJS.ErrnoException).path !== undefined;
    if (!isOfFolder) console.error(portProblem(error, { option: "--port", port }));
    else
      console.error(printable(`--folder ${folder}: cannot be used: ${error instanceof Error ? error.message : error}`));
    return undefined;
  }
}

function tell(happening: Happening): void {
  if (!isStarted) return;
  if (options?.json) tellJson({ time: new Date().toISOString(), ...happening });
  else console.log(happeningText(happening));
}

function tellJson(value: object): void {
  console.log(printable(JSON.stringify(value)));
}

function startText(
  start: Options & { url: string; tenancyId: string; compartmentId: string; configFile: string },
): string {
  const { url, tenancyId, compartmentId, configFile, folder, region, homeRegion } = start;
  const home = homeRegion === region ? "" : `, home region ${homeRegion}`;
  const kept = folder === undefined ? "in memory; all of it ends with this" : folder;
  const config = /\s/.test(configFile) ? `'${configFile}'` : configFile;
  return `${styled("bold", `A local Oracle Cloud at ${url}`)}, region ${region}${home}

  tenancy      ${tenancyId}
  compartment  ${compartmentId} (local)
  identity     ${configFile}, profile DEFAULT: an administrator
  kept         ${kept}

In another terminal:

  export OCI_ENDPOINT_URL=${url}
  export RELAY_COMPARTMENT=${compartmentId}
  npm run relay -- provision apply --config-file ${config} --image oci-event-relay --subnet ocid1.subnet.oc1.phx.local --subscribe EMAIL=you@example.com
  curl <the link that then comes up here as "to confirm": no mail is sent>
  npm run relay -- verify --config-file ${config}
  npm run emit -- instance-launched
  oci --endpoint ${url} --config-file ${config} events rule list --compartment-id ${compartmentId}

Ctrl-C ends it. What happens from here on:
`;
}

/** Undefined if there is nothing to start: then why was told, and the exit code set. */
function optionsOf(): Options | undefined {
  try {
    const { values } = parseArgs({
      options: {
        port: { type: "string", default: "4599" },
        folder: { type: "string" },
        region: { type: "string", default: "us-phoenix-1" },
        "home-region": { type: "string" },
        json: { type: "boolean", default: false },
        help: { type: "boolean", short: "h" },
      },
    });
    if (!values.help) {
      if (values.folder === "") throw new Error("--folder: the path of a folder, got nothing");
      return {
        port: portOf("--port", values.port),
        // npm changes to the project's root, so that a path is meant from where it was called.
        folder: values.folder === undefined ? undefined : resolve(process.env.INIT_CWD ?? "", values.folder),
        region: knownRegion("--region", values.region),
        homeRegion: knownRegion("--home-region", values["home-region"] ?? values.region),
        json: values.json,
      };
    }
    console.log(USAGE);
  } catch (error) {
    console.error(`${printable(error instanceof Error ? error.message : String(error))}\n\n${USAGE}`);
    process.exitCode = WRONG_USAGE;
  }
  return undefined;
}
