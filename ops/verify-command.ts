import { Command, InvalidArgumentError } from "commander";
import { type AccessOptions, withAccess } from "./access.ts";
import type { PlaceOptions } from "./provision/place.ts";
import { withPlace } from "./provision-command.ts";
import { verifyAll } from "./verify/walk.ts";

export interface VerifyOptions extends AccessOptions, PlaceOptions {
  send: boolean;
  wait: number;
  json?: boolean;
}

const EXAMPLES = `
It reads the rules, the function and its configuration, topics and subscriptions, buckets, policies as far as you may, log and alarms;
sends each webhook's receiver the validation request of Cloudpods; calls the function with one event that is marked relay-verify; and
makes a bucket relay-verify-…, which OCI tells of on its bus, waits until that was told to the receivers, and deletes it.

Examples:
  npm run relay -- verify --compartment ocid1.compartment.oc1..…
  npm run relay -- verify --compartment ocid1.compartment.oc1..… --no-send --json

Exit code: 0 nothing is broken (there may be warnings), 1 something is, 2 wrong usage or no access.`;

export function verifyCommand(): Command {
  const command = new Command("verify").description(
    "Walks the pipeline in OCI link by link, and says of each broken one what to do.",
  );
  return withAccess(withPlace(command))
    .option("--no-send", "only look: send nothing, call nothing, make no bucket")
    .option("--wait <seconds>", "how long an event may take from the bus to the receivers", seconds, 120)
    .addHelpText("after", EXAMPLES)
    .action(async (options: VerifyOptions) => {
      process.exitCode = await verifyAll(options);
    });
}

function seconds(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1 && number <= 3_600) return number;
  throw new InvalidArgumentError("expected whole seconds, from 1 to 3600.");
}
