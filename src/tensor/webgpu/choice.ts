// Choices between programs that compute the same at other speeds: by size, unless all are to be tried.

/** While all are tried: whose turn it is, and how many turns the choices seen so far need. */
let trial: { readonly turn: number; turns: number } | undefined;

/**
 * `preferred`, which suits the sizes at hand. While all are tried, the alternative whose turn it is.
 * @param alternatives all that any sizes could prefer, whichever they are
 */
export function choose<T>(preferred: T, alternatives: readonly T[]): T {
  if (trial === undefined) return preferred;
  trial.turns = Math.max(trial.turns, alternatives.length);
  return alternatives[trial.turn % alternatives.length]!;
}

/** Runs `action` until it has met every alternative of every choice. */
export async function withEveryChoice(action: () => Promise<void>): Promise<void> {
  try {
    for (let [turn, turns] = [0, 1]; turn < turns; turn++) {
      trial = { turn, turns };
      await action();
      ({ turns } = trial);
    }
  } finally {
    trial = undefined;
  }
}
