// One at a time: only one tab, and one call in it, works on the files of a model.

/** Where the browser has no locks, no other tab can use the same store; calls still take turns. */
const turns = new Map<string, Promise<unknown>>();

const lockManager = () => (globalThis.navigator as Partial<Navigator> | undefined)?.locks;
const lockName = (key: string) => `model:${key}`;

/**
 * Runs `action` as soon as nobody else works on the model.
 * @throws the signal's reason, if it aborts while waiting
 */
export async function inTurn<T>(
  key: string,
  signal: AbortSignal | undefined,
  action: () => Promise<T>,
): Promise<T> {
  const locks = lockManager();
  if (locks) return locks.request(lockName(key), signal ? { signal } : {}, action);
  const turn = (turns.get(key) ?? Promise.resolve()).then(action, action);
  turns.set(key, turn);
  try {
    return await turn;
  } finally {
    if (turns.get(key) === turn) turns.delete(key);
  }
}

/** Runs `action` if nobody works on the model now, and says whether it did. */
export async function ifFree(key: string, action: () => Promise<void>): Promise<boolean> {
  const act = () => action().then(() => true);
  const locks = lockManager();
  if (!locks) return turns.has(key) ? false : inTurn(key, undefined, act);
  return locks.request(lockName(key), { ifAvailable: true }, (lock) => (lock ? act() : false));
}
