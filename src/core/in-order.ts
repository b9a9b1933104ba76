// Work on many items, some of them at once, whose results come in the items' order.

/**
 * Begins an item as soon as fewer than `together` that were begun before it are awaited. A follower
 * that stops following, or the first error, waits for what was begun.
 */
export async function* workedInOrder<Item, Result>(
  items: readonly Item[],
  together: number,
  work: (item: Item, index: number) => Promise<Result>,
): AsyncGenerator<Result> {
  const begun: Promise<Result>[] = [];
  let next = 0;
  try {
    while (begun.length > 0 || next < items.length) {
      while (begun.length < together && next < items.length) {
        const result = work(items[next]!, next++);
        void result.catch(() => {}); // thrown below when its turn comes
        begun.push(result);
      }
      yield await begun[0]!;
      void begun.shift();
    }
  } finally {
    await Promise.allSettled(begun);
  }
}
