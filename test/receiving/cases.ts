import type { Sent } from "./receiver.ts";
import { SECRETS, signedRequest, type Whole } from "./request.ts";

/** Of a fresh and valid request: what is sent, one after another -> the statuses, and how many times the receiver sets to work. */
export type Case = [string, (request: Whole) => Sent[], number[], number];

export const CASES: Case[] = [
  ["takes the same request twice and does it once", (request) => [request, request], [204, 204], 1],
  [
    "does an event once although it is signed anew",
    (request) => [request, signedRequest({ id: request.headers["webhook-id"], ageS: 60 })],
    [204, 204],
    1,
  ],
  ["does two events that are alike but for the id", (request) => [request, signedRequest()], [204, 204], 2],
  ["takes what is signed with the old secret alone", () => [signedRequest({ secrets: [SECRETS.old] })], [204], 1],
  ["takes what was signed four minutes ago", () => [signedRequest({ ageS: 240 })], [204], 1],
  ["refuses what was signed six minutes ago", () => [signedRequest({ ageS: 360 })], [401], 0],
  ["refuses what is signed for in six minutes", () => [signedRequest({ ageS: -360 })], [401], 0],
  ["refuses the signature of another secret", () => [signedRequest({ secrets: [SECRETS.another] })], [401], 0],
  ["refuses another byte", (request) => [withOtherByte(request)], [401], 0],
  ["refuses another id", (request) => [changed(request, { "webhook-id": "6f1d0c52" })], [401], 0],
  ["refuses another timestamp", (request) => [changed(request, { "webhook-timestamp": later(request, 1) })], [401], 0],
  ["refuses a timestamp that is no number", (request) => [changed(request, { "webhook-timestamp": "now" })], [401], 0],
  [
    "refuses a signature of a version that it does not know",
    (request) => [
      changed(request, { "webhook-signature": request.headers["webhook-signature"]?.replaceAll("v1", "v2") }),
    ],
    [401],
    0,
  ],
  ["refuses an X-Auth-Token alone", (request) => [changed(request, { "webhook-signature": undefined })], [401], 0],
  ["refuses what has no header", ({ body }) => [{ headers: {}, body }], [401], 0],
  [
    "answers the validation request of Cloudpods and does nothing",
    () => [{ headers: {}, body: Buffer.from('{"Msg":"This is a verification message, please ignore."}') }],
    [204],
    0,
  ],
  [
    "answers its older form, too",
    () => [{ headers: { "X-Yunion-Event": "VALIDATE" }, body: Buffer.from('{"Msg":"This is a validate message."}') }],
    [204],
    0,
  ],
  ["does not take more than it can hold", () => [{ headers: { "Content-Length": "9000000" } }], [413], 0],
];

/** With other headers; undefined: without. */
export function changed({ headers, body }: Whole, change: Record<string, string | undefined>): Whole {
  const entries = Object.entries({ ...headers, ...change }).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return { headers: Object.fromEntries(entries), body };
}

export function withOtherByte({ headers, body }: Whole): Whole {
  return { headers, body: Buffer.from(body.toString().replace("web-1", "web-2")) };
}

export function later({ headers }: Whole, seconds: number): string {
  return String(Number(headers["webhook-timestamp"]) + seconds);
}
