import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FAULTS, type Fault, timeOf } from "./cases.ts";
import { type Lab, lettersIn, newEvent, startLab } from "./lab.ts";
import type { Receiver } from "./receiver.ts";

let lab: Lab;
beforeAll(async () => {
  lab = await startLab();
});
afterAll(() => lab.close());

/** One event to a receiver with that fault, through a container of its own. */
async function meet(fault: Fault, receiver: Receiver | undefined, config: Record<string, string>) {
  const { timeoutMs } = timeOf(fault);
  const url = fault.url === undefined ? (receiver?.url ?? "") : await fault.url();
  const { send } = lab.container({ WEBHOOK_URL: url, ...config }, { timeoutMs });
  const event = newEvent();
  const { response, reply } = await send(event.body);
  return { event, response, reply, delivery: reply.deliveries?.[0], timeoutMs };
}

describe("a receiver that", () => {
  test.concurrent.each(FAULTS.map((fault) => [fault.title, fault] as const))("%s", async (_, fault) => {
    const receiver = fault.url === undefined ? await lab.receiver(fault.receiver) : undefined;
    if (receiver !== undefined) {
      receiver.programme = ({ attempt }) => fault.programme?.(attempt) ?? { kind: "answer", status: 200 };
      if (fault.onConnect !== undefined) receiver.onConnect = () => fault.onConnect;
    }
    const bucket = lab.bucket();
    const [kept, unkept] = await Promise.all([
      meet(fault, receiver, { DEAD_LETTER_BUCKET: bucket }),
      meet(fault, receiver, {}),
    ]);

    const isDelivered = fault.outcome === "delivered";
    expect([kept.response.status, kept.delivery?.outcome]).toEqual([200, fault.outcome]);
    expect([unkept.response.status, unkept.delivery?.outcome]).toEqual(
      isDelivered ? [200, "delivered"] : [502, "failed"],
    );

    const [least, most] = typeof fault.attempts === "number" ? [fault.attempts, fault.attempts] : fault.attempts;
    for (const { response, delivery, timeoutMs, event } of [kept, unkept]) {
      expect(delivery?.attempts).toBeGreaterThanOrEqual(least);
      expect(delivery?.attempts).toBeLessThanOrEqual(most);
      // The one promise about time that always holds: an answer before the platform's own deadline.
      expect(response.callMs).toBeLessThan(timeoutMs);
      const accepted = receiver?.accepted.get(event.id) ?? 0;
      expect(accepted).toBeLessThanOrEqual(fault.accepted ?? (isDelivered ? 1 : 0));
      if (isDelivered) expect(accepted).toBe(fault.accepted ?? 1);
    }
    const { atLeastMs, atMostMs } = timeOf(fault);
    expect(kept.response.callMs).toBeGreaterThanOrEqual(atLeastMs);
    expect(kept.response.callMs).toBeLessThan(atMostMs);

    const letters = lettersIn(lab, bucket);
    expect(letters.map(({ letter }) => letter.id)).toEqual(isDelivered ? [] : [kept.event.id]);
    for (const { letter } of letters) {
      expect(letter.attempts.length).toBe(kept.delivery?.attempts);
      expect(letter.attempts.at(-1)).toMatchObject(fault.last ?? {});
      expect(letter.event.eventID).toBe(kept.event.id);
    }
  });
});
