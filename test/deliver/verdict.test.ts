import { constants } from "node:os";
import { describe, expect, test } from "vitest";
import {
  ERRORS,
  refusedAttempt,
  retryAfterMs,
  STATUSES,
  unansweredAttempt,
  verdictOfError,
  verdictOfStatus,
} from "../../src/deliver/verdict.ts";

const ALL_STATUSES = Array.from({ length: 900 }, (_, n) => 100 + n);

describe("the verdict on a status", () => {
  test("is there for every status, as in this table", () => {
    const ranges: [string, number, number][] = [];
    for (const status of ALL_STATUSES) {
      const verdict = verdictOfStatus(status);
      const last = ranges.at(-1);
      if (last?.[0] === verdict) last[2] = status;
      else ranges.push([verdict, status, status]);
    }
    expect(ranges).toEqual([
      ["give-up", 100, 199],
      ["done", 200, 299],
      ["give-up", 300, 407],
      ["retry", 408, 408],
      ["give-up", 409, 424],
      ["retry", 425, 425],
      ["give-up", 426, 428],
      ["retry", 429, 429],
      ["give-up", 430, 499],
      ["retry", 500, 999],
    ]);
  });

  test.each([0, 99, 1000, -1, Number.NaN])("that is no status, %d, is another try", (status) => {
    expect(verdictOfStatus(status)).toBe("retry");
  });

  test("comes from a table no row of which is dead", () => {
    const rowOf = (status: number) => STATUSES.findIndex(({ from, to }) => status >= from && status <= to);
    expect([...new Set(ALL_STATUSES.map(rowOf))].sort()).toEqual(STATUSES.map((_, row) => row));
  });
});

/** What a request may end with instead of an answer: Node's own codes beside those of the operating system, and ours. */
const CODES: readonly [verdict: string, why: string, codes: readonly string[]][] = [
  [
    "give-up",
    "the certificate is not one to trust",
    [
      ...["CERT_HAS_EXPIRED", "CERT_NOT_YET_VALID", "CERT_REVOKED", "CERT_UNTRUSTED", "CERT_REJECTED"],
      ...["CERT_CHAIN_TOO_LONG", "CERT_SIGNATURE_FAILURE", "ERR_TLS_CERT_ALTNAME_INVALID", "HOSTNAME_MISMATCH"],
      ...["CRL_HAS_EXPIRED", "CRL_NOT_YET_VALID", "CRL_SIGNATURE_FAILURE", "INVALID_CA", "INVALID_PURPOSE"],
      ...["DEPTH_ZERO_SELF_SIGNED_CERT", "SELF_SIGNED_CERT_IN_CHAIN", "UNABLE_TO_GET_CRL"],
      ...["UNABLE_TO_GET_ISSUER_CERT", "UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "UNABLE_TO_VERIFY_LEAF_SIGNATURE"],
      ...["ERROR_IN_CERT_NOT_BEFORE_FIELD", "ERROR_IN_CERT_NOT_AFTER_FIELD", "PATH_LENGTH_EXCEEDED"],
      ...["UNABLE_TO_DECRYPT_CERT_SIGNATURE", "UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY"],
    ],
  ],
  ["give-up", "its address is private or reserved, and not permitted", ["EGRESS_REFUSED"]],
  [
    "give-up",
    "it wants a certificate of the relay's own, and does not accept this one or none",
    [
      ...["ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED", "ERR_SSL_TLSV1_ALERT_UNKNOWN_CA"],
      // As OpenSSL 3.0 spells it, and 3.5.
      ...["ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED", "ERR_SSL_SSL/TLS_ALERT_CERTIFICATE_EXPIRED"],
    ],
  ],
  [
    "give-up",
    "what listens there does not speak TLS as we do",
    ["EPROTO", "ERR_SSL_WRONG_VERSION_NUMBER", "ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION"],
  ],
  [
    "give-up",
    "the request itself cannot be sent",
    [
      ...["ERR_INVALID_CHAR", "ERR_INVALID_URL", "ERR_INVALID_PROTOCOL", "ERR_HTTP_INVALID_HEADER_VALUE"],
      ...["ERR_INVALID_HTTP_TOKEN", "ERR_UNESCAPED_CHARACTERS"],
    ],
  ],
  ["retry", "no connection in time", ["CONNECT_TIMEOUT", "ETIMEDOUT"]],
  ["retry", "no answer in time", ["HEADERS_TIMEOUT", "NO_TIME_LEFT"]],
  ["retry", "the name is not known, just now", ["ENOTFOUND", "EAI_AGAIN", "EAI_FAIL", "EAI_NODATA"]],
  [
    "retry",
    "the connection was refused, cut or has no way",
    [
      ...["ECONNREFUSED", "ECONNRESET", "ECONNABORTED", "EHOSTUNREACH", "EHOSTDOWN", "ENETUNREACH", "ENETDOWN"],
      ...["EPIPE", "EADDRNOTAVAIL", "EADDRINUSE"],
    ],
  ],
  [
    "retry",
    "the answer was no HTTP",
    [
      ...["HPE_INVALID_CONSTANT", "HPE_INVALID_VERSION", "HPE_INVALID_STATUS", "HPE_INVALID_HEADER_TOKEN"],
      ...["HPE_INVALID_CONTENT_LENGTH", "HPE_INVALID_CHUNK_SIZE", "HPE_HEADER_OVERFLOW", "HPE_INVALID_EOF_STATE"],
    ],
  ],
  [
    "retry",
    "whatever else keeps a request from its answer",
    [
      ...["EMFILE", "ENFILE", "EACCES", "ENOBUFS", "ERR_TLS_HANDSHAKE_TIMEOUT", "ERR_STREAM_PREMATURE_CLOSE"],
      ...["ERR_SOCKET_CLOSED", "ERR_TLS_CLOSE", "OUT_OF_MEM", "TypeError", "Error", "SOMETHING_NEW", ""],
    ],
  ],
];

describe("the verdict on a request without an answer", () => {
  const flat = CODES.flatMap(([verdict, why, codes]) => codes.map((code) => [code, verdict, why] as const));

  test.each(flat)("%s is %s: %s", (code, verdict, why) => {
    expect(unansweredAttempt({ code }, "the receiver")).toEqual({
      verdict,
      error: code,
      problem: `no answer from the receiver (${code}): ${why}`,
    });
    expect(verdictOfError(code)).toBe(verdict);
  });

  test("is another try for every error of the operating system but those of the protocol", () => {
    const codes = Object.keys(constants.errno).filter((code) => !code.startsWith("EPROTO"));
    expect(codes.length).toBeGreaterThan(50);
    expect(codes.filter((code) => verdictOfError(code) !== "retry")).toEqual([]);
  });

  test("comes from a table no row of which is dead", () => {
    const rowOf = (code: string) => ERRORS.findIndex(({ codes }) => codes.test(code));
    expect([...new Set(flat.map(([code]) => rowOf(code)))].sort((a, b) => a - b)).toEqual(ERRORS.map((_, row) => row));
  });
});

describe("refusedAttempt", () => {
  const refusal = { verdict: "retry", problem: "answered 503", response: "busy", nowMs: 0 } as const;

  test.each<[string, Record<string, string>, string, object]>([
    [
      "tells status, problem, answer and the wait that is asked for",
      { "retry-after": "7" },
      "busy",
      { response: "busy", retryAfterMs: 7_000 },
    ],
    ["leaves out an answer that is empty and a wait that nobody asks for", {}, "", {}],
    ["leaves out a wait that cannot be read", { "retry-after": "soon" }, "busy", { response: "busy" }],
  ])("%s", (_, headers, response, more) => {
    expect(refusedAttempt({ status: 503, headers }, { ...refusal, response })).toEqual({
      ...{ verdict: "retry", status: 503, problem: "answered 503" },
      ...more,
    });
  });
});

describe("retryAfterMs", () => {
  const nowMs = Date.parse("2026-03-02T08:00:00Z");
  test.each([
    [undefined, undefined],
    ["0", 0],
    ["120", 120_000],
    [" 7 ", 7_000],
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
