import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { yunionRequest } from "../../src/deliver/yunion.ts";

interface WireCase {
  name: string;
  robot: Parameters<typeof yunionRequest>[0]["robot"];
  event: string;
  message: unknown;
  request: { headers: Record<string, string>; body: string };
}

const { cases } = JSON.parse(readFileSync(new URL("../facts/yunion-wire.json", import.meta.url), "utf8")) as {
  cases: WireCase[];
};

describe("yunionRequest", () => {
  test.each(cases)("sends what Cloudpods sends: $name", ({ robot, event, message, request }) => {
    expect(yunionRequest({ robot, event, message })).toEqual(request);
  });

  test("keeps 64-bit integers of a JSON text and writes doubles with their shortest digits", () => {
    const message = '{"i":12345678901234567,"min":-9223372036854775808,"over":9223372036854775808,"f":1.0,"e":1e-7}';
    const { body } = yunionRequest({ robot: {}, event: "SERVER/UPDATE", message });
    expect(body).toBe(
      `{"Msg":${JSON.stringify(message)},"e":0.0000001,"f":1,"i":12345678901234567,"min":-9223372036854775808,"over":9223372036854776000}`,
    );
  });

  test.each([
    ["a number", { "X-N": 5 }, { "X-N": "5" }],
    ["a large number, without exponent", { "X-N": 1e21 }, { "X-N": "1000000000000000000000" }],
    ["an object, as JSON with keys in byte order", { "x-o": { b: 1, a: [true] } }, { "X-O": '{"a":[true],"b":1}' }],
    ["null", { "X-Null": null }, { "X-Null": "null" }],
    ["white space around a text, trimmed", { "X-T": "  a b\t" }, { "X-T": "a b" }],
    ["an empty text", { "X-Empty": "" }, { "X-Empty": "" }],
  ])("sends a robot header that is %s", (_, header, sent) => {
    const { headers } = yunionRequest({ robot: { header }, event: "", message: "hello" });
    expect(headers).toEqual({ "User-Agent": "yunioncloud-go/201708", "Content-Type": "application/json", ...sent });
  });

  test("leaves to the transport what is the transport's, whatever the robot says", () => {
    const { headers } = yunionRequest({
      robot: { header: { "content-length": 1, host: "x" } },
      event: "",
      message: "x",
    });
    expect(headers).toEqual({ "User-Agent": "yunioncloud-go/201708", "Content-Type": "application/json" });
  });

  test("leaves User-Agent out where the robot empties it, and ignores a header that is not an object", () => {
    expect(yunionRequest({ robot: { header: { "user-agent": "" } }, event: "", message: "x" }).headers).toEqual({
      "Content-Type": "application/json",
    });
    expect(yunionRequest({ robot: { header: ["a"] }, event: "", message: "x" }).headers).toEqual({
      "User-Agent": "yunioncloud-go/201708",
      "Content-Type": "application/json",
    });
  });

  test.each([
    ["text that is a JSON object", '{"a":1}'],
    ["text that begins like JSON", "[not json"],
    ["text that begins with a colon", ": x"],
  ])("sends any text as text with use_template: %s", (_, message) => {
    const { body } = yunionRequest({ robot: { use_template: true }, event: "A/B", message });
    expect(JSON.parse(body)).toEqual({ Msg: message });
  });

  test("sends a lone surrogate as U+FFFD", () => {
    const { body } = yunionRequest({ robot: {}, event: "A/B", message: { name: "a\ud800b" } });
    expect(JSON.parse(body)).toEqual({ Msg: '{"name":"a\ufffdb"}', name: "a\ufffdb" });
  });
});
