/** What parseArgs does not take, without its advice on positionals, which are file names here. */
export function argumentProblem(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/\. To specify a positional argument.*$/s, "");
}
