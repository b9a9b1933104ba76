// A run as it was when a part of it last changed: a run in training is a new state many times a second,
// and what shows its scores need not be made again for each.
import type { RunState } from '../../lab/state/run-state.ts';

type AsOf = (state: RunState) => RunState;

/** Answers with the state that came when the parts, compared one by one as objects, were last others. */
function asOf(parts: (state: RunState) => readonly unknown[]): AsOf {
  let last: { readonly state: RunState; readonly parts: readonly unknown[] } | undefined;
  return (state) => {
    const now = parts(state);
    if (now.length !== last?.parts.length || now.some((part, i) => part !== last!.parts[i])) {
      last = { state, parts: now };
    }
    return last.state;
  };
}

/** When something was last scored or reported. */
export const asMeasured = (): AsOf =>
  asOf(({ arms }) => arms.flatMap(({ rows, reports }) => [rows, reports]));

/** When a loss was last read. */
export const asTrained = (): AsOf => asOf(({ arms }) => arms.map(({ losses }) => losses));

/** When the answers to a watched prompt were last looked at. */
export const asWatched = (): AsOf =>
  asOf(({ arms, targets }) => [...arms.map(({ name }) => name), ...targets]);
