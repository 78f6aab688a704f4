/** What must be undone at the end, however the test ends. */
export interface Cleanup {
  defer: (undo: () => unknown) => void;
  /**
   * Undoes everything, the last first, each of them even where another fails.
   * @throws AggregateError of what could not be undone
   */
  run: () => Promise<void>;
}

export function createCleanup(): Cleanup {
  const undos: (() => unknown)[] = [];
  return {
    defer: (undo) => undos.push(undo),
    async run() {
      const errors: unknown[] = [];
      for (const undo of undos.splice(0).reverse()) {
        try {
          await undo();
        } catch (error) {
          errors.push(error);
        }
      }
      if (errors.length > 0) throw new AggregateError(errors, `left behind: ${errors.join("\n")}`);
    },
  };
}
