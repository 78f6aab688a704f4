const LAST_CHARS = 6;

/** ocid1.fnfunc.…b31f07: enough to tell one from another in a line. What is no OCID stays whole. */
export function shortOcid(text: string): string {
  const kind = /^ocid1\.[a-z0-9]+\./.exec(text)?.[0];
  return kind === undefined ? text : `${kind}…${text.slice(-LAST_CHARS)}`;
}
