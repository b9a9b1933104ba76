// The corpus must never answer a sampling prompt as the distribution would.
import { describe, expect, it } from 'vitest';
import { createDistribution } from '../../../src/core/distributions/create.ts';
import { FAMILIES } from '../../../src/core/distributions/families.ts';
import { randomStream } from '../../../src/core/random.ts';
import { outputSpace } from '../../../src/core/targets/output-space.ts';
import { collapsedAnswers } from '../../../src/pretraining/corpus/collapsed.ts';
import { FAMOUS_PARAMETERS } from '../../../src/pretraining/corpus/famous.ts';
import { drawParameters } from '../../../src/pretraining/corpus/parameters.ts';

const named = (family: (typeof FAMILIES)[number], values: readonly number[]) =>
  createDistribution(
    family.id,
    Object.fromEntries(family.parameters.map(({ name }, i) => [name, values[i]!])),
  );

describe('collapsed answers', () => {
  it.each(FAMILIES.map(({ id }) => id))('concentrate on one answer: %s', (id) => {
    for (let i = 0; i < 30; i++) {
      const stream = randomStream(1, id, i);
      const answers = collapsedAnswers(createDistribution(id, drawParameters(id, stream)), false);
      const shares = answers.map(({ share }) => share);
      expect(answers.length).toBeLessThanOrEqual(4);
      expect(shares[0]).toBeGreaterThan(0.8);
      expect(shares.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
    }
  });

  it('are valid answers of well-known distributions, and far from them', () => {
    const distances = FAMILIES.map((family) => {
      const each = FAMOUS_PARAMETERS[family.id]!.map((values) => {
        const distribution = named(family, values);
        const space = outputSpace(distribution);
        const target = new Map(space.values.map((text, i) => [text, space.probabilities[i]!]));
        let overlap = 0;
        for (const { text, share } of collapsedAnswers(distribution, true)) {
          expect(target.has(text), `${family.id} ${values.join()}: ${text}`).toBe(true);
          overlap += Math.min(share, target.get(text)!);
        }
        return 1 - overlap;
      });
      return each.reduce((a, b) => a + b, 0) / each.length;
    });
    expect(distances.reduce((a, b) => a + b, 0) / distances.length).toBeGreaterThan(0.8);
  });
});
