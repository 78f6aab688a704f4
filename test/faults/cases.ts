import type { Behaviour } from "./behaviour.ts";
import type { ReceiverOptions } from "./receiver.ts";
import { refusedUrl } from "./refused.ts";

interface Timing {
  /** Milliseconds that the platform gives the function: far more than it takes, where the machine may have much else to do. */
  timeoutMs: number;
  atLeastMs: number;
  /** Short of timeoutMs, which nothing may take. */
  atMostMs: number;
}

/** How long it takes until the event's fate is sealed. */
const TIMES = {
  "at once": { timeoutMs: 20_000, atLeastMs: 0, atMostMs: 10_000 },
  "one more try": { timeoutMs: 20_000, atLeastMs: 0, atMostMs: 10_000 },
  "some seconds": { timeoutMs: 15_000, atLeastMs: 0, atMostMs: Number.POSITIVE_INFINITY },
  "until the deadline": { timeoutMs: 6_000, atLeastMs: 2_500, atMostMs: Number.POSITIVE_INFINITY },
} as const satisfies Record<string, Timing>;

/** One thing that a receiver can do wrong, and what becomes of an event that it happens to. */
export interface Fault {
  /** What the receiver does. */
  title: string;
  receiver?: ReceiverOptions;
  /** The nth request of one event, from 1 -> what becomes of it. */
  programme?: (attempt: number) => Behaviour;
  onConnect?: "reset" | "hang";
  url?: () => Promise<string>;
  /** In the place of what goes with its `time`. */
  timeoutMs?: number;
  /** With a bucket for dead letters; without one what is not delivered is `failed`. */
  outcome: "delivered" | "dead-lettered";
  /** Exactly, or at least and at most. */
  attempts: number | readonly [number, number];
  /** What the dead letter's last attempt says. */
  last?: { status?: number; error?: string };
  /** How often the receiver has booked the event as its own; 1 if it is delivered and 0 if not, unless told. */
  accepted?: number;
  time: keyof typeof TIMES;
}

export function timeOf({ time, timeoutMs = TIMES[time].timeoutMs }: Fault): Timing {
  return { ...TIMES[time], timeoutMs };
}

const answer = (status: number, headers: Record<string, string> = {}, body = ""): Behaviour => ({
  kind: "answer",
  status,
  headers,
  body,
});
const OK = answer(200);
const once =
  (first: Behaviour) =>
  (attempt: number): Behaviour =>
    attempt === 1 ? first : OK;
const always = (behaviour: Behaviour) => (): Behaviour => behaviour;

const refusals: Fault[] = [400, 401, 402, 403, 404, 405, 406, 409, 410, 411, 413, 415, 418, 422, 431, 451, 499].map(
  (status) => ({
    title: `answers ${status}`,
    programme: always(answer(status)),
    outcome: "dead-lettered",
    attempts: 1,
    last: { status },
    time: "at once",
  }),
);

const troubles: Fault[] = [408, 425, 500, 501, 502, 503, 504, 507, 599].map((status) => ({
  title: `answers ${status} throughout`,
  programme: always(answer(status)),
  outcome: "dead-lettered",
  attempts: [2, 5],
  last: { status },
  time: "some seconds",
}));

const passing: Fault[] = [408, 425, 429, 500, 501, 502, 503, 504].map((status) => ({
  title: `answers ${status}, then 200`,
  programme: once(answer(status)),
  outcome: "delivered",
  attempts: 2,
  time: "one more try",
}));

const redirects: Fault[] = [301, 302, 303, 307, 308].map((status) => ({
  title: `answers ${status}, with a location`,
  programme: always(answer(status, { Location: "https://example.com/elsewhere" })),
  outcome: "dead-lettered",
  attempts: 1,
  last: { status },
  time: "at once",
}));

const inAnHour = () => new Date(Date.now() + 3_600_000).toUTCString();

/** Every fault of a receiver that the lab knows. README's page on the promise is made from this table. */
export const FAULTS: readonly Fault[] = [
  { title: "accepts with 200", outcome: "delivered", attempts: 1, time: "at once" },
  { title: "accepts with 202", programme: always(answer(202)), outcome: "delivered", attempts: 1, time: "at once" },
  { title: "accepts with 204", programme: always(answer(204)), outcome: "delivered", attempts: 1, time: "at once" },
  {
    title: "refuses the connection: nobody listens",
    url: refusedUrl,
    outcome: "dead-lettered",
    attempts: [2, 5],
    last: { error: "ECONNREFUSED" },
    time: "some seconds",
  },
  {
    title: "has a name that nobody knows",
    url: async () => "https://receiver.invalid/hook",
    outcome: "dead-lettered",
    attempts: [1, 5],
    time: "some seconds",
  },
  {
    title: "resets each connection at once",
    onConnect: "reset",
    outcome: "dead-lettered",
    attempts: [2, 5],
    last: { error: "ECONNRESET" },
    time: "some seconds",
  },
  {
    title: "resets before it has read the request, then accepts",
    programme: once({ kind: "reset-before" }),
    outcome: "delivered",
    attempts: 2,
    time: "one more try",
  },
  {
    title: "resets after it has read the request, then accepts",
    programme: once({ kind: "reset-after" }),
    outcome: "delivered",
    attempts: 2,
    time: "one more try",
  },
  {
    title: "resets after the request, throughout",
    programme: always({ kind: "reset-after" }),
    outcome: "dead-lettered",
    attempts: [2, 5],
    last: { error: "ECONNRESET" },
    time: "some seconds",
  },
  {
    title: "accepts, and its reply is lost: the receiver sees the event twice, under the same webhook-id",
    programme: once({ kind: "lost" }),
    outcome: "delivered",
    attempts: 2,
    accepted: 2,
    time: "one more try",
  },
  {
    title: "accepts each time, and its reply is lost each time",
    programme: always({ kind: "lost" }),
    outcome: "dead-lettered",
    attempts: [2, 5],
    accepted: 5,
    last: { error: "ECONNRESET" },
    time: "some seconds",
  },
  {
    title: "takes the connection and never speaks TLS",
    receiver: { tls: "trusted" },
    onConnect: "hang",
    outcome: "dead-lettered",
    attempts: [1, 2],
    time: "until the deadline",
  },
  {
    title: "takes the connection and never speaks TLS, with time for a second try",
    receiver: { tls: "trusted" },
    onConnect: "hang",
    timeoutMs: 13_000,
    outcome: "dead-lettered",
    attempts: [2, 3],
    time: "until the deadline",
  },
  {
    title: "takes the request and never answers",
    programme: always({ kind: "hang" }),
    outcome: "dead-lettered",
    attempts: 1,
    last: { error: "NO_TIME_LEFT" },
    time: "until the deadline",
  },
  {
    title: "takes the request and never answers, with time for a second try",
    programme: always({ kind: "hang" }),
    timeoutMs: 17_000,
    outcome: "dead-lettered",
    attempts: 2,
    last: { error: "NO_TIME_LEFT" },
    time: "until the deadline",
  },
  {
    title: "never answers the first time, then accepts",
    programme: once({ kind: "hang" }),
    timeoutMs: 17_000,
    outcome: "delivered",
    attempts: 2,
    time: "until the deadline",
  },
  {
    title: "never answers, under a deadline of 2 s",
    programme: always({ kind: "hang" }),
    timeoutMs: 2_000,
    outcome: "dead-lettered",
    attempts: 1,
    time: "at once",
  },
  {
    title: "takes a second for its answer",
    programme: always({ kind: "slow-headers", ms: 1_000 }),
    outcome: "delivered",
    attempts: 1,
    time: "one more try",
  },
  {
    title: "takes a minute for its answer",
    programme: always({ kind: "slow-headers", ms: 60_000 }),
    outcome: "dead-lettered",
    attempts: 1,
    time: "until the deadline",
  },
  {
    title: "accepts, with a body that never ends, a byte at a time",
    programme: always({ kind: "slow-body", status: 200, everyMs: 20 }),
    outcome: "delivered",
    attempts: 1,
    time: "at once",
  },
  {
    title: "refuses, with a body that never ends, a byte at a time",
    programme: always({ kind: "slow-body", status: 400, everyMs: 20 }),
    outcome: "dead-lettered",
    attempts: 1,
    last: { status: 400 },
    time: "some seconds",
  },
  {
    title: "accepts, with a body without end, as fast as it can",
    programme: always({ kind: "endless-body", status: 200 }),
    outcome: "delivered",
    attempts: 1,
    time: "at once",
  },
  {
    title: "refuses, with a body without end, as fast as it can",
    programme: always({ kind: "endless-body", status: 422 }),
    outcome: "dead-lettered",
    attempts: 1,
    last: { status: 422 },
    time: "at once",
  },
  {
    title: "accepts, and half of its answer's body is missing",
    programme: always({ kind: "half", status: 200 }),
    outcome: "delivered",
    attempts: 1,
    time: "at once",
  },
  {
    title: "answers half a status line, then accepts",
    programme: once({ kind: "half-status-line" }),
    outcome: "delivered",
    attempts: 2,
    time: "one more try",
  },
  {
    title: "answers what is no HTTP",
    programme: always({ kind: "garbage" }),
    outcome: "dead-lettered",
    attempts: [2, 5],
    last: { error: "HPE_INVALID_CONSTANT" },
    time: "some seconds",
  },
  {
    title: "redirects to itself, for ever",
    programme: always({ kind: "redirect-loop" }),
    outcome: "dead-lettered",
    attempts: 1,
    last: { status: 302 },
    time: "at once",
  },
  ...redirects,
  {
    title: "has a certificate that has expired",
    receiver: { tls: "expired" },
    outcome: "dead-lettered",
    attempts: 1,
    last: { error: "CERT_HAS_EXPIRED" },
    time: "at once",
  },
  {
    title: "has a certificate of its own making",
    receiver: { tls: "self-signed" },
    outcome: "dead-lettered",
    attempts: 1,
    last: { error: "DEPTH_ZERO_SELF_SIGNED_CERT" },
    time: "at once",
  },
  {
    title: "has a certificate for another name",
    receiver: { tls: "wrong-name" },
    outcome: "dead-lettered",
    attempts: 1,
    last: { error: "ERR_TLS_CERT_ALTNAME_INVALID" },
    time: "at once",
  },
  {
    title: "speaks plain HTTP where https is expected",
    receiver: { tls: "not-tls" },
    outcome: "dead-lettered",
    attempts: 1,
    last: { error: "EPROTO" },
    time: "at once",
  },
  {
    title: "speaks TLS with a certificate of a known authority",
    receiver: { tls: "trusted" },
    outcome: "delivered",
    attempts: 1,
    time: "at once",
  },
  ...refusals,
  ...troubles,
  ...passing,
  {
    title: "answers 429 with a Retry-After of a second, six times, then accepts",
    programme: (attempt) => (attempt <= 6 ? answer(429, { "Retry-After": "1" }) : OK),
    timeoutMs: 15_000,
    outcome: "delivered",
    attempts: 7,
    time: "until the deadline",
  },
  {
    title: "answers 429 without Retry-After, throughout",
    programme: always(answer(429)),
    outcome: "dead-lettered",
    attempts: [2, 30],
    last: { status: 429 },
    time: "until the deadline",
  },
  {
    title: "answers 503 with a Retry-After of 0, then accepts",
    programme: once(answer(503, { "Retry-After": "0" })),
    outcome: "delivered",
    attempts: 2,
    time: "one more try",
  },
  {
    title: "answers 503 with a Retry-After of an hour",
    programme: always(answer(503, { "Retry-After": "3600" })),
    outcome: "dead-lettered",
    attempts: 1,
    last: { status: 503 },
    time: "at once",
  },
  {
    title: "answers 503 with a Retry-After in an hour, as a date",
    programme: () => answer(503, { "Retry-After": inAnHour() }),
    outcome: "dead-lettered",
    attempts: 1,
    last: { status: 503 },
    time: "at once",
  },
  {
    title: "answers 503 with a Retry-After that is a date in the past, then accepts",
    programme: once(answer(503, { "Retry-After": "Mon, 02 Mar 2026 08:00:00 GMT" })),
    outcome: "delivered",
    attempts: 2,
    time: "one more try",
  },
  {
    title: "answers 503 with a Retry-After that nobody can read, then accepts",
    programme: once(answer(503, { "Retry-After": "soon" })),
    outcome: "delivered",
    attempts: 2,
    time: "one more try",
  },
];
