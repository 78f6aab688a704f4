import * as z from "zod";

const MAX_BYTES = 4 * 1024;

/** Configuration of an application or a function: environment variables, keys and values together at most 4 KB. */
export const functionConfig = z
  .record(
    z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "a key has letters, digits and _, and begins with no digit"),
    z.string().regex(/^\P{Cc}*$/u, "a value has printable characters only"),
  )
  .refine((config) => bytesOf(config) <= MAX_BYTES, {
    error: ({ input }) =>
      `keys and values have ${bytesOf(input as Record<string, string>)} bytes, at most ${MAX_BYTES}`,
  });

function bytesOf(config: Record<string, string>): number {
  return Object.entries(config).reduce((sum, entry) => sum + Buffer.byteLength(entry.join("")), 0);
}
