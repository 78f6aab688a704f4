import { parseJson } from "../json.ts";
import { isRecord } from "../problem.ts";

/**
 * What stands in a marker: who is at it and until when, and what has been delivered, as the places of the messages in the
 * input ("0" for a single event).
 *
 * { "owner": "2f0c…", "until": "2026-03-02T08:16:39Z", "delivered": { "webhook 2c26b46b68ffc68f": "0-41,43-999" } }
 */
export interface Marker {
  /** Null once nobody is at it any more. */
  owner: string | null;
  /** The owner's deadline, epoch milliseconds. */
  untilMs: number;
  /** Destination, by name and identity -> places. */
  delivered: Delivered;
}

export type Delivered = ReadonlyMap<string, ReadonlySet<number>>;

export function markerText({ owner, untilMs, delivered }: Marker): string {
  const ranges = [...delivered].map(([destination, places]) => [destination, rangesOf(places)]);
  return JSON.stringify({ owner, until: new Date(untilMs).toISOString(), delivered: Object.fromEntries(ranges) });
}

/** Undefined for what is no marker. */
export function parseMarker(text: string): Marker | undefined {
  const parsed = parseJson(text);
  if (!parsed.ok || !isRecord(parsed.value)) return undefined;
  const { owner, until, delivered } = parsed.value;
  const untilMs = typeof until === "string" ? Date.parse(until) : Number.NaN;
  if ((owner !== null && typeof owner !== "string") || Number.isNaN(untilMs) || !isRecord(delivered)) return undefined;
  const entries = Object.entries(delivered).map(([name, ranges]) => [name, placesOf(ranges)] as const);
  return { owner, untilMs, delivered: new Map(entries) };
}

function rangesOf(places: ReadonlySet<number>): string {
  const ranges: [number, number][] = [];
  for (const place of [...places].sort((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last !== undefined && last[1] === place - 1) last[1] = place;
    else ranges.push([place, place]);
  }
  return ranges.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(",");
}

/** No function is sent more messages at once: 6 MB of them. */
const MAX_PLACE = 3_000_000;

function placesOf(ranges: unknown): Set<number> {
  const places = new Set<number>();
  let last = -1;
  for (const range of typeof ranges === "string" ? ranges.split(",") : []) {
    if (!/^\d+(-\d+)?$/.test(range)) continue;
    const [from = 0, to = from] = range.split("-").map(Number);
    // In order, as they are written: what is not would have us count for ever.
    for (let place = Math.max(from, last + 1); place <= Math.min(to, MAX_PLACE); place++) places.add(place);
    last = Math.max(last, to);
  }
  return places;
}
