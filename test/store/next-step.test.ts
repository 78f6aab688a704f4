import { expect, test } from "vitest";
import type { TryRecord } from "../../src/deliver/retry.ts";
import { nextStepOf } from "../../src/store/next-step.ts";

const REPLAY = "npm run relay -- replay --bucket <bucket> --function <ocid> --destination cmdb";

test.each<[string, Partial<TryRecord>, string]>([
  ["refused our credentials", { status: 401 }, "see that the relay's credentials are those that the destination wants"],
  ["is gone", { status: 404 }, "see that the destination's URL or topic still exists"],
  ["asked to wait", { status: 429 }, "see what rate the destination allows"],
  ["led elsewhere", { status: 302 }, "set the URL that the redirect leads to"],
  ["refused the message", { status: 422 }, "see in `response` what the destination has against the message"],
  ["was down", { status: 503 }, "see that the destination is up and can be reached from the function's subnet"],
  [
    "did not answer",
    { error: "ECONNREFUSED" },
    "see that the destination is up and can be reached from the function's subnet",
  ],
  ["has a bad certificate", { error: "CERT_HAS_EXPIRED" }, "see the destination's certificate and protocol"],
  ["may not be reached", { error: "EGRESS_REFUSED" }, "allow the destination's address in EGRESS_ALLOW if it is meant"],
  ["got no payload", { error: "RENDER" }, "see render in relay.config.ts: `problem` says what it made of the event"],
  ["has a bad secret", { error: "CONFIGURATION" }, "see the secret in the vault: `problem` says what is wrong with it"],
  [
    "was not asked, for the vault did not give the secret",
    { status: 404, about: "vault" },
    "see that the secret is in the vault and that the function may read it",
  ],
  [
    "was not asked, for there was no token",
    { status: 401, about: "token" },
    "see what the token URL has against the client: `problem` and `response` say it",
  ],
  ["could not be signed for", { error: "UNSIGNED" }, "see that the function has a resource principal"],
])("of a destination that %s a letter says what to do", (_, last, step) => {
  const record: TryRecord = { atMs: 0, ms: 1, problem: "", ...last };
  expect(nextStepOf({ last: record, reason: "" }, "cmdb")).toBe(`${step}, then: ${REPLAY}`);
});

test.each([
  [
    "not tried: it had failed 32 times in a row",
    "see why the destination failed each time: the letters beside this one say it",
  ],
  ["internal error, see the log", "see the function's log of that call"],
  [
    "no time left before the deadline",
    "give the function more time (timeout in func.yaml), or see why the destination is so slow",
  ],
])("of one that was not tried because of «%s» too", (reason, step) => {
  expect(nextStepOf({ last: undefined, reason }, "cmdb")).toBe(`${step}, then: ${REPLAY}`);
});
