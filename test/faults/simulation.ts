import type { FnResponse } from "../../local/fn-host.ts";
import type { StorageFault } from "../../local/object-storage/object-storage.ts";
import { eventOf } from "../event.ts";
import type { Behaviour } from "./behaviour.ts";
import { type Lab, type LabContainer, type LabReply, lettersIn } from "./lab.ts";
import { chanceOf, pick, randomOf } from "./random.ts";

/** One run of the relay under faults that a seed decides. */
export interface Programme {
  seed: number;
  events: number;
  containers: number;
  keepsLetters: boolean;
  sharesRecord: boolean;
}

type Kind = "wanted" | "begin" | "nonsense" | "own object" | "audit record";

interface Sent {
  id: string;
  kind: Kind;
  body: string;
}

/** What became of one event in the end: what the last call about it was told. */
type Fate = "delivered" | "dead-lettered" | "rejected" | "duplicate" | "ignored" | "failed";

export interface Books {
  sent: number;
  fates: Record<Fate, number>;
  /** Neither with the receiver nor in the bucket, although no call about it had failed in the end. */
  lost: string[];
  /** Told as something that the receiver or the bucket does not bear out. */
  untrue: string[];
  /** Acceptances beyond the first of each event, and how many of those events have each cause. */
  extra: number;
  causes: Record<string, number>;
  /** Of those the ones for which there is no cause. */
  unexplained: string[];
  calls: number;
  /** Calls that were not answered before the platform's deadline, other than those that were killed or frozen. */
  late: number;
}

const RECEIVER: readonly (readonly [number, Behaviour])[] = [
  [740, { kind: "answer", status: 200 }],
  [40, { kind: "slow-headers", ms: 40 }],
  [40, { kind: "answer", status: 503 }],
  [20, { kind: "answer", status: 429, headers: { "Retry-After": "1" } }],
  [20, { kind: "answer", status: 500 }],
  [20, { kind: "answer", status: 400 }],
  [10, { kind: "answer", status: 410 }],
  [20, { kind: "reset-before" }],
  [20, { kind: "reset-after" }],
  [20, { kind: "lost" }],
  [10, { kind: "close-idle" }],
  [8, { kind: "half", status: 200 }],
  [8, { kind: "half-status-line" }],
  [8, { kind: "garbage" }],
  [6, { kind: "redirect-loop" }],
  [4, { kind: "hang" }],
  [3, { kind: "slow-headers", ms: 3_000 }],
  [3, { kind: "slow-body", status: 200, everyMs: 20 }],
];

const STORE: readonly (readonly [number, StorageFault | undefined])[] = [
  [900, undefined],
  [25, { status: 503, body: '{"code":"ServiceUnavailable"}' }],
  [25, { status: 500, body: '{"code":"InternalServerError"}' }],
  [20, "reset"],
  [25, "lost"],
  [5, "hang"],
];

/** How often the platform tries a call again that has failed. */
const MAX_CALLS = 3;

export async function simulate(lab: Lab, programme: Programme): Promise<Books> {
  const { seed, keepsLetters, sharesRecord } = programme;
  const random = randomOf(seed);
  let asked = 0;
  const misbehaving = () => pick(chanceOf(seed, "store", ++asked), STORE);
  const [letters, markers] = [lab.bucket(misbehaving), lab.bucket(misbehaving)];
  const receiver = await lab.receiver({ keepBodies: false });
  receiver.programme = ({ id, attempt }) => pick(chanceOf(seed, id, attempt), RECEIVER);
  const config = {
    WEBHOOK_URL: receiver.url,
    LOG_LEVEL: "error",
    ...(keepsLetters && { DEAD_LETTER_BUCKET: letters }),
    ...(sharesRecord && { DEDUPE_BUCKET: markers }),
  };
  const ownBucket = keepsLetters ? letters : markers;
  const events = Array.from({ length: programme.events }, (_, n) => eventWith(`s${seed}-${n}`, random(), ownBucket));
  /** Causes for which an event may reach the receiver once more. */
  const causes = new Map<string, Set<string>>();
  const cause = (items: readonly Sent[], why: string) => {
    for (const { id } of items) causes.set(id, (causes.get(id) ?? new Set()).add(why));
  };
  let calls = 0;
  let late = 0;

  const inputs = inputsOf(events, random);
  const queue = [...inputs];
  async function platform(container: LabContainer): Promise<void> {
    for (let input = queue.shift(); input !== undefined; input = queue.shift()) {
      for (let call = 1; call <= MAX_CALLS; call++) {
        calls++;
        const timeoutMs = 2_000 + Math.floor(random() * 4_000);
        const { isDisturbed, settled } = disturb(container, random);
        const answered = await invoke(container, input, timeoutMs);
        await settled;
        if (answered.response.status === 504 && !isDisturbed()) late++;
        if (!sharesRecord) cause(input.items, "no record shared with the other containers");
        if (answered.response.status !== 200) cause(input.items, "the call failed or was cut off");
        if (answered.reply.problem?.includes("record")) cause(input.items, "the dedupe record could not be written");
        cause(cutOff(input, answered.reply), "the deadline came before the reply");
        tell(input, answered.reply);
        if (answered.response.status === 200) break;
      }
    }
  }
  await Promise.all(
    Array.from({ length: programme.containers }, () => platform(lab.container(config, { timeoutMs: 6_000 }))),
  );

  for (const { id, behaviour, isAccepted } of receiver.arrivals) {
    const isLost = behaviour === "lost" || behaviour === "slow-headers" || behaviour === "half";
    if (isAccepted && isLost) cause([{ id, kind: "wanted", body: "" }], "the reply was lost or came too late");
  }
  const kept = keptIn(lab, letters);
  return booksOf({ inputs, causes, calls, late, accepted: receiver.accepted, kept, keepsLetters });
}

function eventWith(id: string, chance: number, ownBucket: string): Sent {
  const kind = pick<Kind>(chance, [
    [84, "wanted"],
    [6, "audit record"],
    [4, "begin"],
    [4, "nonsense"],
    [2, "own object"],
  ]);
  if (kind === "nonsense") return { id, kind, body: JSON.stringify({ nonsense: id }) };
  if (kind === "audit record") return { id, kind, body: JSON.stringify(auditRecord(id)) };
  const change: Record<string, unknown> = { eventID: id };
  if (kind === "begin") change.eventType = "com.oraclecloud.computeapi.launchinstance.begin";
  if (kind === "own object") {
    change.eventType = "com.oraclecloud.objectstorage.createobject";
    change.data = { resourceId: `/n/localtenancy/b/${ownBucket}/o/x` };
  }
  return { id, kind, body: JSON.stringify(eventOf(change).raw) };
}

function auditRecord(id: string): Record<string, unknown> {
  return {
    ...{ specversion: "1.0", type: "com.oraclecloud.identityControlPlane.UpdatePolicy", id, source: "Admins" },
    ...{ time: "2026-03-02T08:16:07Z", dataschema: "2.0", oracle: { loggroupid: "_Audit" } },
    data: { eventName: "UpdatePolicy", identity: { credentials: "x" }, response: { status: "200" } },
  };
}

interface Input {
  items: readonly Sent[];
  body: string;
  isBatch: boolean;
  /** What became of each item, by the last call about it. */
  fates: Fate[];
}

/** Some events come alone, most in batches; some inputs come twice. */
function inputsOf(events: readonly Sent[], random: () => number): Input[] {
  const inputs: Input[] = [];
  for (let at = 0; at < events.length; ) {
    const isBatch = random() < 0.25;
    // Of 100 items at most the reply names each.
    const items = events.slice(at, at + (isBatch ? 20 + Math.floor(random() * 80) : 1));
    const body = isBatch ? `[${items.map((item) => item.body).join(",")}]` : (items[0]?.body ?? "");
    inputs.push({ items, body, isBatch, fates: [] });
    if (random() < 0.06) inputs.push({ items, body, isBatch, fates: [] });
    at += items.length;
  }
  return inputs;
}

async function invoke(
  { host, logs }: LabContainer,
  { body }: Input,
  timeoutMs: number,
): Promise<{ response: FnResponse; reply: LabReply }> {
  const before = logs.length;
  const response = await host.invoke(body, {}, { timeoutMs });
  if (response.status === 200) return { response, reply: JSON.parse(response.body) };
  const thrown = logs.slice(before).findLast((line) => line.startsWith("Error in function: {"));
  return { response, reply: thrown === undefined ? {} : JSON.parse(thrown.slice("Error in function: ".length)) };
}

/** Now and then a container is frozen for a while, or killed, in the middle of a call. */
function disturb({ host }: LabContainer, random: () => number) {
  const kind = pick(random(), [
    [95, "none"],
    [3, "freeze"],
    [2, "kill"],
  ] as const);
  const atMs = random() * 300;
  const forMs = 100 + random() * 1_500;
  if (kind === "none") return { isDisturbed: () => false, settled: Promise.resolve() };
  const settled = new Promise<void>((resolve) => {
    setTimeout(() => {
      if (kind === "kill") host.kill().then(resolve);
      else {
        host.freeze();
        setTimeout(() => {
          host.thaw();
          resolve();
        }, forMs);
      }
    }, atMs);
  });
  return { isDisturbed: () => true, settled };
}

/** Events whose last try was under way when time was up. */
function cutOff({ items, isBatch }: Input, reply: LabReply): Sent[] {
  const replies = isBatch ? (reply.items ?? []) : [reply];
  return items.filter((_, index) =>
    replies[index]?.deliveries?.some(({ problem }) => /NO_TIME_LEFT|TIMEOUT/.test(problem ?? "")),
  );
}

/** What a call has said about each of its events; one that was cut off has said nothing. */
function tell({ items, isBatch, fates }: Input, reply: LabReply): void {
  items.forEach((_, index) => {
    const fate: Fate = (isBatch ? reply.items?.[index]?.outcome : reply.outcome) ?? "failed";
    // Told as done in a call that failed in part, and as a duplicate in the next one: it was delivered.
    if (fates[index] !== "delivered" || fate !== "duplicate") fates[index] = fate;
  });
}

function keptIn(lab: Lab, bucket: string): { letters: Set<string>; rejected: Set<string> } {
  const letters = new Set(lettersIn(lab, bucket).map(({ letter }) => letter.id));
  const rejected = lettersIn(lab, bucket, "rejected/").map(
    ({ letter }) => (letter as unknown as { input: { nonsense: string } }).input.nonsense,
  );
  return { letters, rejected: new Set(rejected) };
}

function booksOf(run: {
  inputs: readonly Input[];
  causes: ReadonlyMap<string, ReadonlySet<string>>;
  accepted: ReadonlyMap<string, number>;
  kept: { letters: ReadonlySet<string>; rejected: ReadonlySet<string> };
  keepsLetters: boolean;
  calls: number;
  late: number;
}): Books {
  const { inputs, causes, accepted, kept, keepsLetters, calls, late } = run;
  const sent = inputs.flatMap(({ items, fates }) => items.map((item, n) => ({ ...item, fate: fates[n] ?? "failed" })));
  const books: Books = {
    sent: sent.length,
    fates: { delivered: 0, "dead-lettered": 0, rejected: 0, duplicate: 0, ignored: 0, failed: 0 },
    lost: [],
    untrue: [],
    extra: 0,
    causes: {},
    unexplained: [],
    calls,
    late,
  };
  for (const { id, kind, fate } of sent) {
    books.fates[fate]++;
    const times = accepted.get(id) ?? 0;
    const isSafe = times > 0 || kept.letters.has(id);
    const isWanted = kind === "wanted" || kind === "audit record";
    if (fate !== "failed" && isWanted && !isSafe) books.lost.push(`${id} (${kind}) was told as ${fate}`);
    // Without a bucket what is rejected leaves a line in the log and no more: the one exception.
    if (fate === "rejected" && keepsLetters && !kept.rejected.has(id)) books.lost.push(`${id} was told as ${fate}`);
    const isTrue = {
      delivered: isWanted && times > 0,
      duplicate: isWanted && times > 0,
      "dead-lettered": isWanted && kept.letters.has(id),
      rejected: kind === "nonsense" && times === 0,
      ignored: (kind === "begin" || kind === "own object") && times === 0,
      failed: true,
    }[fate];
    if (!isTrue) books.untrue.push(`${id} (${kind}) was told as ${fate}`);
  }
  for (const [id, times] of accepted) {
    books.extra += times - 1;
    if (times > 1) for (const why of causes.get(id) ?? []) books.causes[why] = (books.causes[why] ?? 0) + 1;
    if (times > 1 && (causes.get(id)?.size ?? 0) === 0) books.unexplained.push(`${id} ${times} times`);
  }
  return books;
}
