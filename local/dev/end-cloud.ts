import type { LocalCloud } from "../emulator/start-cloud.ts";

/** Ends a local cloud, and does not wait for the next try of what has failed. */
export async function endCloud(cloud: LocalCloud): Promise<void> {
  const heard = cloud.events.close();
  await cloud.close();
  await heard;
}
