import { destination, pino } from "pino";

/** pino as most programs use it: its build for Node, writing synchronously. */
export default function create({ level }: { level: string }) {
  return pino({ level, base: null }, destination({ dest: 1, sync: true }));
}
