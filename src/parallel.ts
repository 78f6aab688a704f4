/** Works through items, at most `limit` at the same time, taking the next one only when there is room for it. */
export async function inParallel<T>(
  items: Iterable<T>,
  limit: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const iterator = items[Symbol.iterator]();
  async function worker(): Promise<void> {
    for (let next = iterator.next(); next.done !== true; next = iterator.next()) await work(next.value);
  }
  await Promise.all(Array.from({ length: limit }, worker));
}
