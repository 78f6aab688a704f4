import { golden } from "../../local/fixtures.ts";
import type { Family } from "./bodies.ts";
import { mapValues } from "./schemas.ts";

/** Each family's golden that is shown to whoever writes a receiver. */
const SHOWN: Readonly<Record<Family, string>> = {
  instance: "instance-launched",
  bucket: "bucket-created",
  object: "object-created",
  policy: "policy-edited",
  user: "user-created",
  group: "group-member-added",
  alarm: "alarm-firing",
  metric: "metric-posted",
  resource: "volume-backup-created",
  unknown: "unknown-future-type",
};

/** docs/samples/<family>.json: a body of each family. */
export function samples(): Record<Family, unknown> {
  return mapValues(SHOWN, (name) => {
    const { body } = golden(name);
    if (body === undefined) throw new Error(`test/golden/${name}.json has no body`);
    return JSON.parse(body);
  });
}
