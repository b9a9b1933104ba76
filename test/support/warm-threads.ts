// Threads of lanes that are awake before a study begins, and can be waited for, so that a short one meets them; they may
// be watched.
import type {
  FromLane,
  LaneThread,
  LaneThreads,
  StartThread,
} from '../../src/lab/study/lanes/lane-messages.ts';

/** They are known to a study as any others; `joined` settles once each has taken so many bytes of weights. */
export interface WarmThreads extends LaneThreads {
  joined(bytes: number): Promise<void>;
}

interface Warm {
  readonly thread: LaneThread;
  hear: (message: FromLane) => void;
  onGone: () => void;
}

/**
 * @param start starts one
 * @param count threads that are awake; more, such as those that take the place of lost ones, are not
 * @param onMessage hears all that they say; what it returns `kill` for is killed before that is heard
 */
export async function warmThreads(
  start: StartThread,
  count: number,
  onMessage: (message: FromLane) => 'kill' | void = () => {},
): Promise<WarmThreads> {
  const awake = await Promise.all(Array.from({ length: count }, () => woken(start)));
  let taken = 0;
  let onTaken = () => {};
  return {
    most: count,
    async joined(bytes) {
      while (taken < count * bytes) await new Promise<void>((resolve) => (onTaken = resolve));
    },
    start: (hear, onGone) => {
      const told = (thread: () => LaneThread) => (message: FromLane) => {
        if (message.type === 'taken') taken += message.bytes;
        onTaken();
        if (onMessage(message) === 'kill') thread().end();
        else hear(message);
      };
      const warm = awake.shift();
      if (!warm) {
        const fresh: LaneThread = start(
          told(() => fresh),
          onGone,
        );
        return fresh;
      }
      Object.assign(warm, { hear: told(() => warm.thread), onGone });
      return warm.thread;
    },
  };
}

function woken(start: StartThread): Promise<Warm> {
  return new Promise((resolve) => {
    const warm: Warm = {
      thread: start(
        (message) => warm.hear(message),
        () => warm.onGone(),
      ),
      hear: () => resolve(warm),
      onGone: () => {},
    };
    // Without a model it can only say that it cannot.
    const input = { texts: [[1, 2]], from: 0 };
    warm.thread.post({
      type: 'call',
      id: -1,
      name: 'tokenLogProbabilities',
      input,
      adapted: false,
    });
  });
}
