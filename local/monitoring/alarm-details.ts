import * as z from "zod";
import { compartmentIdSchema } from "../emulator/compartment-id.ts";
import { tagsSchema } from "../emulator/tags.ts";
import { parseMetricQuery } from "./metric-query.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** PT5M in milliseconds: days, hours, minutes and seconds. Undefined for what is no such duration. */
export function durationMs(text: string): number | undefined {
  const [, days, hours, minutes, seconds] =
    /^P(?=.)(?:(\d+)D)?(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(text) ?? [];
  const parts = [days, hours, minutes, seconds];
  if (parts.every((part) => part === undefined)) return undefined;
  const units = [DAY_MS, HOUR_MS, MINUTE_MS, 1_000];
  return parts.reduce((total, part, index) => total + Number(part ?? 0) * (units[index] ?? 0), 0);
}

function duration(from: string, to: string) {
  const within = (text: string) => {
    const ms = durationMs(text);
    return ms !== undefined && ms >= (durationMs(from) ?? 0) && ms <= (durationMs(to) ?? 0);
  };
  return z.string().refine(within, `a duration from ${from} to ${to}, such as ${from}`);
}

const DESTINATION = /^ocid1\.(onstopic|stream)\.[a-z0-9]+\.[a-z0-9-]*\.[\w.-]+$/;

const destinationsSchema = z
  .array(z.string().regex(DESTINATION, "the OCID of a topic (ocid1.onstopic...) or of a stream"))
  .min(1)
  .refine(
    (all) => new Set(all.map((id) => DESTINATION.exec(id)?.[1])).size === all.length,
    "one topic and one stream at most",
  );

const querySchema = z.string().superRefine((text, context) => {
  const query = parseMetricQuery(text);
  const isRule = typeof query !== "string" && (query.predicate !== undefined || query.statistic === "absent");
  if (isRule) return;
  const message = typeof query === "string" ? query : "a trigger rule is missing, such as > 0, or absent()";
  context.addIssue({ code: "custom", message });
});

const suppressionSchema = z
  .object({
    description: z.string().max(255).nullish(),
    timeSuppressFrom: z.iso.datetime({ offset: true }),
    timeSuppressUntil: z.iso.datetime({ offset: true }),
  })
  .refine((one) => Date.parse(one.timeSuppressFrom) < Date.parse(one.timeSuppressUntil), "it must end after it begins");

export const createAlarmSchema = z.object({
  displayName: z.string().min(1).max(255),
  compartmentId: compartmentIdSchema,
  metricCompartmentId: compartmentIdSchema,
  metricCompartmentIdInSubtree: z.boolean().nullish(),
  namespace: z.string().regex(/^[a-z]\w{0,255}$/i, "begins with a letter and has letters, digits and underscores only"),
  resourceGroup: z
    .string()
    .regex(/^[A-Za-z][\w.$-]{0,254}$/)
    .nullish(),
  query: querySchema,
  resolution: z.literal("1m").nullish(),
  pendingDuration: duration("PT1M", "PT1H").nullish(),
  severity: z.enum(["CRITICAL", "ERROR", "WARNING", "INFO"]),
  body: z.string().max(1_000).nullish(),
  isNotificationsPerMetricDimensionEnabled: z.boolean().nullish(),
  messageFormat: z.enum(["RAW", "PRETTY_JSON", "ONS_OPTIMIZED"]).nullish(),
  destinations: destinationsSchema,
  repeatNotificationDuration: duration("PT1M", "P30D").nullish(),
  suppression: suppressionSchema.nullish(),
  isEnabled: z.boolean(),
  notificationVersion: z
    .string()
    .regex(/^\d{1,4}\.X$/, "such as 1.X")
    .nullish(),
  notificationTitle: z.string().max(255).nullish(),
  evaluationSlackDuration: duration("PT3M", "PT2H").nullish(),
  alarmSummary: z.string().max(1_000).nullish(),
  ...tagsSchema,
});

export const updateAlarmSchema = createAlarmSchema.partial();
