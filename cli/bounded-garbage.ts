// Garbage that V8 lets lie while memory is plentiful, kept within bounds.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** What may lie before it is collected, beside what is in use: a collection takes tens of milliseconds. */
const GARBAGE = 64 * 2 ** 20;

/** @returns what collects, if so much garbage may lie since it last did; for work of hours to call often */
export function garbageBound(): () => void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const held = () => {
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  let inUse = held();
  return () => {
    if (held() < inUse + GARBAGE) return;
    collect();
    inUse = held();
  };
}
