// The lane of a race whose arm learns by a method, wherever it lies: a file may have its lanes in any order.
import type { Lane, Race } from './race.ts';

/** The first, where several arms learn by it. */
export const laneOf = (race: Race | null, method: Lane['arm']['method']): Lane | undefined =>
  race?.lanes.find(({ arm }) => arm.method === method);
