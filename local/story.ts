import { isRecord } from "../src/problem.ts";
import type { Published } from "./emulator/ons.ts";
import { fixture, golden } from "./fixtures.ts";
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
  ons: { title: string | undefined; bytes: number; answered: string[] } | undefined;
  status: number;
  outcome: string;
  problem: string | undefined;
  deliveries: { destination: string; outcome: string; attempts: number; problem?: string }[];
  ms: number;
  isCold: boolean;
  /** Did it come out as its golden says? */
  isAsExpected: boolean;
}

/** Sends one fixture through the function and looks at what arrived. */
export async function tell(name: string, rig: Rig, expected: string = golden(name).outcome): Promise<Story> {
  const before = { sink: rig.sink.received.length, ons: rig.ons.published.length, requests: rig.ons.requests.length };
  const bytes = fixture(name);
  const response = await rig.host.invoke(bytes);
  const reply = replyOf(response, rig.logs) as { outcome: string; problem?: string; deliveries?: Story["deliveries"] };
  const received = rig.sink.received.slice(before.sink);
  const published = rig.ons.published.slice(before.ons);
  const answers = rig.ons.requests.slice(before.requests);
  const event = received[0]?.event;
  return {
    name,
    ...eventOf(bytes),
    event,
    title: published[0]?.title,
    webhook: webhookOf(received),
    ons: onsOf(published, answers),
    status: response.status,
    outcome: reply.outcome,
    problem: reply.problem,
    deliveries: reply.deliveries ?? [],
    ms: response.ms,
    isCold: response.isCold,
    isAsExpected: reply.outcome === expected && (event === undefined || event === golden(name).event),
  };
}

function eventOf(bytes: Buffer): { eventType: string; resource: string } {
  const value: unknown = JSON.parse(bytes.toString());
  const data = isRecord(value) && isRecord(value.data) ? value.data : {};
  return { eventType: String(isRecord(value) ? value.eventType : ""), resource: String(data.resourceName ?? "") };
}

function webhookOf(received: Received[]): Story["webhook"] {
  const [first] = received;
  if (first === undefined) return undefined;
  return { bytes: first.body.byteLength, token: first.token, answered: received.map((request) => request.answered) };
}

function onsOf(published: Published[], answers: Rig["ons"]["requests"]): Story["ons"] {
  const [first] = published;
  if (first === undefined) return undefined;
  const answered = answers.map(({ status, code }) => `${status}${code ? ` ${code}` : ""}`);
  return { title: first.title, bytes: Buffer.byteLength(first.body), answered };
}
