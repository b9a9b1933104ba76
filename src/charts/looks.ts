// How arms are told apart: a colour and, for those who do not see it, a dash and a symbol.
import { methodNamed } from '../methods/names.ts';
import type { Arm } from '../lab/experiment/experiment.ts';

export interface Look {
  readonly color: string;
  /** As SVG writes it; `none` is a solid line. */
  readonly dash: string;
}

export interface ColumnLook extends Look {
  /** As Plot names it. */
  readonly symbol: (typeof SYMBOLS)[number][0];
  /** The symbol as a character. */
  readonly glyph: string;
}

const OTHERS: readonly Look[] = [
  { color: 'var(--other-1)', dash: '2 3' },
  { color: 'var(--other-2)', dash: '8 3 2 3' },
  { color: 'var(--other-3)', dash: '4 4' },
  { color: 'var(--other-4)', dash: '1 4' },
  { color: 'var(--other-5)', dash: '10 4' },
];
const SYMBOLS = [
  ['circle', '●'],
  ['square', '■'],
  ['triangle', '▲'],
  ['diamond', '◆'],
  ['star', '★'],
  ['cross', '✚'],
  ['wye', 'Y'],
  ['asterisk', '✱'],
] as const;

/** As many columns as look different from one another. */
export const MOST_COLUMNS = SYMBOLS.length;

/** The first arm of a method has that method's colour; further ones share out the others. */
export function looksOf(arms: readonly Pick<Arm, 'name' | 'method'>[]): Record<string, Look> {
  const looks = inOrder(arms.map(({ method }) => method));
  return Object.fromEntries(arms.map(({ name }, i) => [name, looks[i]!]));
}

/** Likewise, for the columns of a comparison, whose methods may be those of another version. */
export function looksOfColumns(columns: readonly { readonly method: string }[]): ColumnLook[] {
  return inOrder(columns.map(({ method }) => method)).map((look, i) => {
    const [symbol, glyph] = SYMBOLS[i % SYMBOLS.length]!;
    return { ...look, symbol, glyph };
  });
}

function inOrder(methods: readonly string[]): Look[] {
  let others = 0;
  return methods.map((method, i) => {
    const isFirst = methods.indexOf(method) === i;
    const own = methodNamed(method)?.look;
    return isFirst && own ? own : OTHERS[others++ % OTHERS.length]!;
  });
}
