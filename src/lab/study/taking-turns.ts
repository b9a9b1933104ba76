// Several streams as one: each to its end before the next, or all by turns.

export async function* oneAfterAnother<T>(lanes: readonly AsyncGenerator<T>[]): AsyncGenerator<T> {
  for (const lane of lanes) yield* lane;
}

/**
 * Each stream in turn goes on until it has yielded something that ends its turn, or has ended. A
 * follower that stops following ends them all.
 */
export async function* takingTurns<T>(
  lanes: readonly AsyncGenerator<T>[],
  endsTurn: (value: T) => boolean,
): AsyncGenerator<T> {
  const running = new Set(lanes);
  try {
    while (running.size > 0) {
      for (const lane of running) {
        for (;;) {
          const next = await lane.next();
          if (next.done) {
            running.delete(lane);
            break;
          }
          yield next.value;
          if (endsTurn(next.value)) break;
        }
      }
    }
  } finally {
    for (const lane of running) await lane.return(undefined);
  }
}
