// How arms are told apart: a colour and, for those who do not see it, a dash.
import type { Arm } from '../../lab/experiment.ts';

export interface Look {
  readonly color: string;
  /** As SVG writes it; `none` is a solid line. */
  readonly dash: string;
}

const FIRST: Record<Arm['method'], Look> = {
  none: { color: 'var(--base)', dash: 'none' },
  soft: { color: 'var(--soft)', dash: 'none' },
  hard: { color: 'var(--hard)', dash: '6 3' },
};
const OTHERS: readonly Look[] = [
  { color: 'var(--other-1)', dash: '2 3' },
  { color: 'var(--other-2)', dash: '8 3 2 3' },
  { color: 'var(--other-3)', dash: '4 4' },
];

/** The first arm of a method has that method's colour; further ones share out the others. */
export function looksOf(arms: readonly Pick<Arm, 'name' | 'method'>[]): Record<string, Look> {
  const looks: Record<string, Look> = {};
  let others = 0;
  arms.forEach(({ name, method }, i) => {
    const isFirst = arms.findIndex((arm) => arm.method === method) === i;
    looks[name] = isFirst ? FIRST[method] : (OTHERS[others++ % OTHERS.length] as Look);
  });
  return looks;
}
