import type { StorageFault, StorageRequest } from "../../local/object-storage/object-storage.ts";

/** One thing that Object Storage can do wrong, and what becomes of an event that needs it. */
export interface StoreFault {
  /** What Object Storage does. */
  title: string;
  /** The nth request to the bucket, from 1 -> what goes wrong with it. */
  programme: (request: StorageRequest, nth: number) => StorageFault | undefined;
  outcome: "delivered" | "dead-lettered" | "failed";
  /** Objects that are there in the end. */
  objects: number;
}

const status = (code: number, name: string): StorageFault => ({ status: code, body: JSON.stringify({ code: name }) });
const always =
  (fault: StorageFault): StoreFault["programme"] =>
  () =>
    fault;
const once =
  (fault: StorageFault): StoreFault["programme"] =>
  (_, nth) =>
    nth === 1 ? fault : undefined;

/** While a receiver refuses an event, and it is to become a dead letter. */
export const KEEPING_FAULTS: readonly StoreFault[] = [
  { title: "keeps it", programme: () => undefined, outcome: "dead-lettered", objects: 1 },
  {
    title: "answers 500, then keeps it",
    programme: once(status(500, "InternalServerError")),
    outcome: "dead-lettered",
    objects: 1,
  },
  {
    title: "answers 429, then keeps it",
    programme: once(status(429, "TooManyRequests")),
    outcome: "dead-lettered",
    objects: 1,
  },
  {
    title: "answers 409, then keeps it",
    programme: once(status(409, "ConcurrentObjectUpdate")),
    outcome: "dead-lettered",
    objects: 1,
  },
  {
    title: "answers 401, then keeps it",
    programme: once(status(401, "NotAuthenticated")),
    outcome: "dead-lettered",
    objects: 1,
  },
  { title: "resets the connection, then keeps it", programme: once("reset"), outcome: "dead-lettered", objects: 1 },
  {
    title: "never answers the first time, then keeps it",
    programme: once("hang"),
    outcome: "dead-lettered",
    objects: 1,
  },
  { title: "keeps it, and its reply is lost", programme: once("lost"), outcome: "dead-lettered", objects: 1 },
  { title: "keeps it, and its reply never comes", programme: once("lost-hang"), outcome: "dead-lettered", objects: 1 },
  {
    title: "keeps it, and its reply is lost; the next try is told 404, for it may create, not overwrite",
    programme: ({ method }, nth) => (nth === 1 ? "lost" : method === "PUT" ? status(404, "BucketNotFound") : undefined),
    outcome: "dead-lettered",
    objects: 1,
  },
  { title: "keeps it, and no reply of it ever comes", programme: always("lost-hang"), outcome: "failed", objects: 1 },
  {
    title: "answers 500 throughout",
    programme: always(status(500, "InternalServerError")),
    outcome: "failed",
    objects: 0,
  },
  {
    title: "says that it has it already, and has not",
    programme: ({ method }) => (method === "PUT" ? status(412, "IfNoneMatchFailed") : undefined),
    outcome: "failed",
    objects: 0,
  },
  {
    title: "is a proxy that answers 200 to everything",
    programme: () => ({ status: 200, body: '"login"' }),
    outcome: "failed",
    objects: 0,
  },
  {
    title: "answers 404: no such bucket, or no policy",
    programme: always(status(404, "BucketNotFound")),
    outcome: "failed",
    objects: 0,
  },
  { title: "answers 403", programme: always(status(403, "NotAllowed")), outcome: "failed", objects: 0 },
  { title: "resets each connection", programme: always("reset"), outcome: "failed", objects: 0 },
  { title: "never answers", programme: always("hang"), outcome: "failed", objects: 0 },
];

const isDone = ({ method, headers }: StorageRequest) => method === "PUT" && headers["if-match"] !== undefined;

/** While a healthy receiver takes an event, and the dedupe record goes wrong. `objects`: markers. */
export const CLAIMING_FAULTS: readonly StoreFault[] = [
  { title: "records it", programme: () => undefined, outcome: "delivered", objects: 1 },
  { title: "takes the claim, and its reply is lost", programme: once("lost"), outcome: "delivered", objects: 1 },
  {
    title: "takes the claim, and its reply never comes",
    programme: once("lost-hang"),
    outcome: "delivered",
    objects: 1,
  },
  {
    title: "answers 500 to the claim, then takes it",
    programme: once(status(500, "InternalServerError")),
    outcome: "delivered",
    objects: 1,
  },
  {
    title: "records that it is done, and its reply is lost",
    programme: (request, nth) => (isDone(request) && nth === 2 ? "lost" : undefined),
    outcome: "delivered",
    objects: 1,
  },
  {
    title: "cannot record that it is done",
    programme: (request) => (isDone(request) ? status(500, "InternalServerError") : undefined),
    outcome: "delivered",
    objects: 1,
  },
  {
    title: "answers 500 throughout",
    programme: always(status(500, "InternalServerError")),
    outcome: "delivered",
    objects: 0,
  },
  {
    title: "answers 404: no such bucket, or no policy",
    programme: always(status(404, "BucketNotFound")),
    outcome: "delivered",
    objects: 0,
  },
  { title: "never answers", programme: always("hang"), outcome: "delivered", objects: 0 },
];
