import { slips } from "./distance.ts";
import { SERVICES } from "./words.ts";

const OTHER_SERVICE = 2.2;
const SIBLING = 1.4;

/** Service -> how unlikely it is that it was meant; all are alike if none was written. */
export function serviceCosts(written: string, services: readonly string[]): Map<string, number> {
  return new Map(services.map((service) => [service, written === "" ? 0 : costOf(written, service, services)]));
}

function costOf(written: string, service: string, services: readonly string[]): number {
  if (written === service) return 0;
  const rank = SERVICES.get(written)?.indexOf(service) ?? -1;
  if (rank >= 0) return 0.3 + rank * 0.05;
  const isSibling = written.length > 5 && written.slice(0, 5) === service.slice(0, 5);
  if (services.includes(written)) return isSibling ? SIBLING : 2.1;
  if (written.length > 3 && (service.includes(written) || written.startsWith(service))) return 0.8;
  const typo = slips(written, service) * 0.8;
  if (typo <= Math.max(0.8, 0.25 * Math.min(written.length, service.length))) return Math.min(typo, SIBLING);
  return isSibling ? SIBLING : OTHER_SERVICE;
}
