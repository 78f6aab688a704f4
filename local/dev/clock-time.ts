/** 16:02:11, of this machine. */
export function clockTime(date = new Date()): string {
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, "0")).join(":");
}
