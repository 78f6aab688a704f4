import { describe, expect, test } from "vitest";
import { deliveryDeadline } from "../../src/deadline.ts";
import { retryAfterMs, verdictOfError, verdictOfStatus } from "../../src/deliver/verdict.ts";

const statuses = {
  done: [200, 201, 202, 204, 299],
  retry: [408, 425, 429, 500, 502, 503, 504, 599],
  "give-up": [300, 302, 307, 400, 401, 403, 404, 405, 410, 413, 422, 501],
};

test.each(Object.entries(statuses))("the statuses that mean %s", (verdict, each) => {
  expect(each.map(verdictOfStatus)).toEqual(each.map(() => verdict));
});

const errors = {
  retry: [
    "ECONNREFUSED",
    "ECONNRESET",
    "ENOTFOUND",
    "EAI_AGAIN",
    "ETIMEDOUT",
    "EPIPE",
    "ABORT_ERR",
    "HPE_INVALID_CONSTANT",
  ],
  "give-up": [
    "CERT_HAS_EXPIRED",
    "DEPTH_ZERO_SELF_SIGNED_CERT",
    "SELF_SIGNED_CERT_IN_CHAIN",
    "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
    "ERR_TLS_CERT_ALTNAME_INVALID",
    "EPROTO",
    "ERR_INVALID_CHAR",
  ],
};

test.each(Object.entries(errors))("the errors that mean %s", (verdict, each) => {
  expect(each.map(verdictOfError)).toEqual(each.map(() => verdict));
});

describe("retryAfterMs", () => {
  const nowMs = Date.parse("2026-03-02T08:00:00Z");
  test.each([
    [undefined, undefined],
    ["0", 0],
    ["120", 120_000],
    ["Mon, 02 Mar 2026 08:00:30 GMT", 30_000],
    ["Mon, 02 Mar 2026 07:00:00 GMT", 0],
    ["soon", undefined],
    ["-5", undefined],
    ["1.5", undefined],
    ["", undefined],
  ])("%j is %j", (header, ms) => {
    expect(retryAfterMs(header, nowMs)).toBe(ms);
  });
});

describe("deliveryDeadline", () => {
  test.each([
    ["keeps half a second for the reply", new Date(30_000), 29_500],
    ["keeps a quarter of a very short time", new Date(1_000), 750],
    ["takes 30 s where the header is missing", null, 29_500],
    ["takes 30 s where the header is unreadable", new Date("soon"), 29_500],
    ["leaves a deadline that is over where it is", new Date(-5_000), -5_000],
  ])("%s", (_, deadline, ms) => {
    expect(deliveryDeadline(deadline, 0)).toBe(ms);
  });
});
