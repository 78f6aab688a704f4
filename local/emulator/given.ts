/** What of some details stands for something: null is how a client says that it leaves a field out. */
export function given<T extends object>(details: T): { [Key in keyof T]: Exclude<T[Key], null | undefined> } {
  const entries = Object.entries(details).filter(([, value]) => value !== undefined && value !== null);
  return Object.fromEntries(entries) as { [Key in keyof T]: Exclude<T[Key], null | undefined> };
}
