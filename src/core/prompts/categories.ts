// All categories of questions whose answers are words, and the questions of each. A new one is a line here.
import { InputError } from '../errors.ts';
import { randomStream } from '../random.ts';
import type { CategoricalQuestion, Category, Material } from './categories/category.ts';
import { choice } from './categories/choice.ts';
import { die } from './categories/die.ts';
import { letter } from './categories/letter.ts';
import { order } from './categories/order.ts';
import { urn } from './categories/urn.ts';
import { weekday } from './categories/weekday.ts';
import { wheel } from './categories/wheel.ts';
import { word } from './categories/word.ts';

export type { Category };

export const CATEGORIES: readonly Category[] = [
  die,
  urn,
  letter,
  choice,
  word,
  order,
  wheel,
  weekday,
];

/** Identifiers of the categories of one role. */
export const categoriesOf = (role: Category['role']): string[] =>
  CATEGORIES.filter((category) => category.role === role).map(({ id }) => id);

/** @throws InputError that lists the known identifiers */
export function categoryById(id: string): Category {
  const found = CATEGORIES.find((category) => category.id === id);
  if (found) return found;
  throw new InputError(
    `unknown category ${JSON.stringify(id)}`,
    `use ${CATEGORIES.map((category) => category.id).join(', ')}`,
    'categories',
  );
}

/** A question with its identifier, e.g. `urn_17`. */
export interface CategoryRow extends CategoricalQuestion {
  readonly id: string;
}

/** Questions of each category: about as many as a family of the paper has parameters. */
const COUNTS: Readonly<Record<Material, number>> = { trained: 60, unseen: 12 };
/** Draws in a row that give nothing new, after which a category has no more different questions. */
const PATIENCE = 200;

/**
 * The questions of a category, the same ones in every run: no two alike, and none of unseen material
 * among the trained ones. Held-out categories have unseen ones only.
 */
export function categoryRows({ id, question }: Category, material: Material): CategoryRow[] {
  const rows: CategoryRow[] = [];
  const known = new Set<string>();
  const random = randomStream(0, 'category', id, material);
  for (let fruitless = 0; rows.length < COUNTS[material] && fruitless < PATIENCE;) {
    const drawn = question(random, material);
    if (known.has(drawn.prompt)) {
      fruitless++;
      continue;
    }
    fruitless = 0;
    known.add(drawn.prompt);
    rows.push({ id: `${id}_${material === 'unseen' ? 'u' : ''}${rows.length + 1}`, ...drawn });
  }
  return rows;
}
