import * as z from "zod";
import type { LoopbackRequest } from "../loopback.ts";
import type { Refused } from "./answer.ts";

/** As Go reads JSON: null is the same as absent, and so are an empty text and 0 to whoever needs a value. */
export const text = z
  .string()
  .nullish()
  .transform((value) => value ?? "");
export const wholeNumber = z
  .int()
  .nullish()
  .transform((value) => value ?? 0);
export const config = z
  .record(z.string(), z.string().nullable())
  .nullish()
  .transform((values) => new Map(Object.entries(values ?? {}).map(([key, value]) => [key, value ?? ""])));
export const annotations = z
  .record(z.string(), z.json())
  .nullish()
  .transform((values) => new Map<string, unknown>(Object.entries(values ?? {})));

/** True if a time was named. The fn command always sends one: the year 1 stands for none. */
export const isTimeGiven = z
  .union([z.literal(""), z.iso.datetime({ offset: true })])
  .nullish()
  .transform((value) => Boolean(value) && !String(value).startsWith("0001-01-01T00:00:00"));

/** The body of a request, by a schema. Fields that nobody knows are passed over, as Fn does. */
export function bodyOf<Schema extends z.ZodType<object>>(
  request: LoopbackRequest,
  schema: Schema,
): z.output<Schema> | Refused {
  const parsed = schema.safeParse(parse(request.body));
  return parsed.success ? parsed.data : { status: 400, refusal: "Invalid JSON" };
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString()) ?? {};
  } catch {
    return undefined;
  }
}
