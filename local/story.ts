import type { EventReply } from "../src/outcome.ts";
import { isRecord } from "../src/problem.ts";
import { fixture, golden } from "./fixtures.ts";
import type { Published } from "./notifications/ons.ts";
import { type Rig, replyOf } from "./rig.ts";
import type { Received } from "./sink.ts";

/** What became of one event, from the bytes that went in to what each receiver saw. */
export interface Story {
  name: string;
  eventType: string;
  resource: string;
  /** X-Yunion-Event values that receivers saw. */
  event: string | undefined;
  title: string | undefined;
  webhook: { bytes: number; token: string; answered: (number | string)[] } | undefined;
  ons: { title: string | undefined; bytes: number; answered: number[] } | undefined;
  status: number;
  outcome: string;
  problem: string | undefined;
  deliveries: EventReply["deliveries"];
  ms: number;
  isCold: boolean;
  /** Did it come out as its golden says? */
  isAsExpected: boolean;
}

/**
 * Sends one fixture through the function and looks at what arrived.
 * @param options expected: another outcome than the golden's; bytes: what to send in the fixture's place, a dead letter of it
 */
export async function tell(
  name: string,
  rig: Rig,
  { expected = golden(name).outcome, bytes = fixture(name) }: { expected?: string; bytes?: Buffer } = {},
): Promise<Story> {
  const before = { sink: rig.sink.received.length, ons: rig.ons.published.length, requests: rig.ons.requests.length };
  const response = await rig.host.invoke(bytes);
  const reply = replyOf(response, rig.logs);
  if (!("outcome" in reply)) throw new Error(`the function did not start:\n${rig.logs.join("\n")}`);
  if ("counts" in reply) throw new Error(`${name}: a story is of one event, and this is a batch`);
  const received = rig.sink.received.slice(before.sink);
  const published = rig.ons.published.slice(before.ons);
  const answers = rig.ons.requests.slice(before.requests);
  const event = received[0]?.event;
  return {
    name,
    eventType: reply.eventType ?? "",
    resource: resourceIn(fixture(name)),
    event,
    title: published[0]?.title,
    webhook: webhookOf(received),
    ons: onsOf(published, answers),
    status: response.status,
    outcome: reply.outcome,
    problem: reply.problem,
    deliveries: reply.deliveries,
    ms: Math.round(response.ms * 10) / 10,
    isCold: response.isCold,
    isAsExpected: reply.outcome === expected && isGolden(name, received.at(-1), published[0]),
  };
}

/** Did each receiver see what the golden says, byte for byte? The topic gets only what a route sends it. */
function isGolden(name: string, received: Received | undefined, published: Published | undefined): boolean {
  const { event, body, title } = golden(name);
  return received?.event === event && received?.body.toString() === body && (published?.title ?? title) === title;
}

/** What a person would call the thing that a message is about; each shape has it in a place of its own. */
function resourceIn(bytes: Buffer): string {
  const value: unknown = JSON.parse(bytes.toString());
  if (!isRecord(value)) return "";
  const ofRecord = value.specversion === undefined ? undefined : (value.subject ?? value.source);
  const { resourceName = value.title ?? value.name ?? ofRecord ?? "" } = isRecord(value.data) ? value.data : {};
  return String(resourceName);
}

function webhookOf(received: Received[]): Story["webhook"] {
  const [first] = received;
  if (first === undefined) return undefined;
  return { bytes: first.body.byteLength, token: first.token, answered: received.map((request) => request.answered) };
}

function onsOf(published: Published[], answers: Rig["ons"]["requests"]): Story["ons"] {
  const [first] = published;
  if (first === undefined) return undefined;
  const answered = answers.map(({ status }) => status);
  return { title: first.title, bytes: Buffer.byteLength(first.body), answered };
}
