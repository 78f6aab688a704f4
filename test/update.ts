// Writes what is generated: the golden of every fixture, and the table of event types. Look at the diff before you commit.
import { writeFile } from "node:fs/promises";
import { fixture, fixtureNames, type Golden, goldenUrl } from "../local/fixtures.ts";
import { type Rig, replyOf, startRig } from "../local/rig.ts";

/** What the receivers see of one fixture, sent through the built function. */
export async function goldenOf(name: string, rig: Rig): Promise<Golden> {
  const before = { sink: rig.sink.received.length, ons: rig.ons.published.length };
  const reply = replyOf(await rig.host.invoke(fixture(name)), rig.logs) as { outcome: string; problem?: string };
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

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const rig = await startRig();
  try {
    for (const name of fixtureNames()) {
      await writeFile(goldenUrl(name), `${JSON.stringify(await goldenOf(name, rig), null, 2)}\n`);
    }
  } finally {
    await rig.close();
  }
}
