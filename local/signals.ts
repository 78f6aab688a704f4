/**
 * Ends the process in order when somebody stops it, so that what runs on `exit` runs: otherwise the function's process
 * would outlive a tool that was sent SIGTERM.
 */
export function exitOnSignals(): void {
  for (const [signal, number] of [
    ["SIGINT", 2],
    ["SIGTERM", 15],
    ["SIGHUP", 1],
  ] as const) {
    process.once(signal, () => process.exit(128 + number));
  }
}
