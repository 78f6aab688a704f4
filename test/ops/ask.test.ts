import { PassThrough } from "node:stream";
import { afterEach, expect, test, vi } from "vitest";
import { isWanted } from "../../ops/provision/ask.ts";
import type { ProvisionOptions } from "../../ops/provision-command.ts";

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

/** What is said to an answer that is typed at a terminal. */
async function answered(text: string): Promise<{ isMeant: boolean; said: string }> {
  const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => stdin });
  vi.spyOn(process, "stdin", "get").mockReturnValue(stdin as never);
  vi.spyOn(process.stderr, "write").mockReturnValue(true);
  const error = vi.spyOn(console, "error").mockImplementation(() => {});
  const asked = isWanted("delete these 3", { name: "relay" } as ProvisionOptions);
  stdin.write(text);
  return { isMeant: await asked, said: error.mock.calls.flat().join("\n") };
}

test.each([
  ["the name", "relay\r", { isMeant: true, said: "" }],
  ["another word", "yes\r", { isMeant: false, said: "Nothing was done." }],
  ["Ctrl-C", "\u0003", { isMeant: false, said: "\nNothing was done." }],
  ["Ctrl-D", "\u0004", { isMeant: false, said: "\nNothing was done." }],
])("before it deletes provision asks; it is told %s", async (_, text, expected) => {
  expect(await answered(text)).toEqual(expected);
});
