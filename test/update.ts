// Writes what is generated of the catalogue: the golden of every fixture, docs/events.md, docs/naming.md, docs/promise.md, the families in
// README, the contract with receivers (payload schema, OpenAPI, samples), and the Terraform stack. Look at the diff before you commit it.
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { fixture, fixtureNames, type Golden, goldenUrl } from "../local/fixtures.ts";
import { type Rig, replyOf, startRig } from "../local/rig.ts";
import { stackFiles } from "../ops/terraform.ts";
import { contractFiles } from "./contract.ts";
import { withFamilies } from "./docs.ts";
import { eventsPage } from "./events-page.ts";
import { namingPage } from "./naming-page.ts";
import { promisePage } from "./promise.ts";

/** What the receivers see of one fixture, sent through the built function. */
export async function goldenOf(name: string, rig: Rig): Promise<Golden> {
  const before = { sink: rig.sink.received.length, ons: rig.ons.published.length };
  const reply = replyOf(await rig.host.invoke(fixture(name)), rig.logs);
  if (!("outcome" in reply)) throw new Error(`${name}: the function did not answer:\n${rig.logs.join("\n")}`);
  const received = rig.sink.received[before.sink];
  const published = rig.ons.published[before.ons];
  return {
    outcome: reply.outcome,
    ...(reply.problem !== undefined && { problem: reply.problem }),
    ...(received !== undefined && { event: received.event }),
    ...(published !== undefined && { title: published.title ?? "", message: JSON.parse(published.body) }),
    ...(received !== undefined && { body: received.body.toString() }),
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const rig = await startRig();
  try {
    const readme = new URL("../README.md", import.meta.url);
    await writeFile(readme, withFamilies(await readFile(readme, "utf8")));
    await writeFile(new URL("../docs/events.md", import.meta.url), eventsPage());
    await writeFile(new URL("../docs/naming.md", import.meta.url), namingPage());
    await writeFile(new URL("../docs/promise.md", import.meta.url), promisePage());
    for (const [file, text] of Object.entries(stackFiles())) {
      await writeFile(new URL(`../ops/terraform/${file}`, import.meta.url), text);
    }
    for (const name of await orphans()) await rm(goldenUrl(name));
    for (const name of fixtureNames()) {
      const golden = await goldenOf(name, rig);
      await writeFile(goldenUrl(name), `${JSON.stringify(golden, null, 2)}\n`);
      console.log([name, golden.event ?? "-", golden.outcome, golden.problem ?? ""].join("  ").trimEnd());
    }
    // After the goldens: the samples are made of them.
    await writeContract();
  } finally {
    await rig.close();
  }
}

async function writeContract(): Promise<void> {
  const samples = new URL("../docs/samples/", import.meta.url);
  // Made before anything is removed: it may fail by a type that does not compile.
  const files = contractFiles();
  await rm(samples, { recursive: true, force: true });
  await mkdir(samples);
  for (const [file, text] of files) await writeFile(new URL(`../${file}`, import.meta.url), text);
}

/** Goldens whose fixture is gone. */
async function orphans(): Promise<string[]> {
  const names = (await readdir(new URL(".", goldenUrl("any")))).map((file) => file.replace(/\.json$/, ""));
  return names.filter((name) => !fixtureNames().includes(name));
}
