/** The number of a port option. @throws Error that says what it must be */
export function portOf(option: string, text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new Error(`${option}: a whole number from 0 (any free one) to 65535, got ${JSON.stringify(text)}`);
}

/** Why a port can not be had, and what to do; what is no matter of ports is thrown on. */
export function portProblem(error: unknown, { option, port }: { option: string; port: number }): string {
  const { code } = error as NodeJS.ErrnoException;
  const cannot = `Cannot listen on 127.0.0.1:${port}`;
  if (code === "EADDRINUSE")
    return `${cannot}: something else does. End it, or choose another port with ${option}; 0 takes any that is free.`;
  if (code === "EACCES") return `${cannot}: not allowed. Choose a port above 1023 with ${option}.`;
  throw error;
}
