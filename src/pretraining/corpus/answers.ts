// Values as the answers a model is scored on at 2 decimals.
import type { Distribution } from '../../core/distributions/distribution.ts';
import { outputSpace } from '../../core/targets/output-space.ts';

/** The text of a value as an answer: a plain integer, or exactly two decimals. */
export function answerText(distribution: Distribution, value: number): string {
  if (distribution.kind === 'discrete') return String(Math.round(value) + 0);
  const cents = Math.round(value * 100) + 0; // + 0 turns -0 into 0
  return (cents / 100).toFixed(2);
}

/** The answer nearest to `value` among those the lab accepts (2 decimals, 1001 bins). */
export function nearestAnswer(distribution: Distribution, value: number): string {
  let nearest = '';
  let distance = Infinity;
  for (const text of outputSpace(distribution).values) {
    const off = Math.abs(Number(text) - value);
    if (off < distance) [nearest, distance] = [text, off];
  }
  return nearest;
}
