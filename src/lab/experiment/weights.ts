// How a model's weights may be kept, in words.
import type { WeightChoice } from '../../model/weight-forms.ts';

export const WEIGHT_OPTIONS: readonly { readonly value: WeightChoice; readonly label: string }[] = [
  { value: 'stored', label: 'as stored' },
  { value: 'int8', label: 'in 8 bits' },
  { value: 'int4', label: 'in 4 bits' },
];

/** Null where they are what anyone would expect. */
export function unusualWeights(weights: WeightChoice = 'stored'): string | null {
  if (weights === 'stored') return null;
  return `weights ${WEIGHT_OPTIONS.find(({ value }) => value === weights)!.label}`;
}
