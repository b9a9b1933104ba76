// The temperature baseline against tempered probabilities worked out by hand.
import { expect, test } from 'vitest';
import { atTemperature } from '../../../src/methods/temperature/at-temperature.ts';
import { scriptedModel } from '../evaluation/scripted-model.ts';

test('the first token has probabilities proportional to p^(1/T)', async () => {
  const model = scriptedModel({ firstToken: () => Float32Array.of(0.64, 0.16, 0.16, 0.04) });
  const hot = atTemperature(model, 2);
  const expected = [0.8, 0.4, 0.4, 0.2].map((root) => root / 1.8);
  const actual = await hot.firstTokenProbabilities!('any');
  actual.forEach((p, i) => expect(p).toBeCloseTo(expected[i]!, 6));
});

test('answers are sampled at the temperature, times the one asked for', async () => {
  const model = scriptedModel({ answers: () => ({ a: 0.9, b: 0.1 }) });
  const hot = atTemperature(model, 2);
  expect(hot.firstTokenProbabilities).toBeUndefined();
  const n = 20_000;
  const counts = await hot.sample('any', n, { seed: 1, maxTokens: 4 });
  // b: sqrt(0.1) / (sqrt(0.1) + sqrt(0.9)) = 1/4, to within five standard errors.
  expect(Math.abs(counts.get('b')! / n - 0.25)).toBeLessThan(5 * Math.sqrt(0.1875 / n));
  await hot.sample('any', 1, { seed: 1, maxTokens: 4, temperature: 0.5 });
  expect(model.calls.map(({ temperature }) => temperature)).toEqual([2, 1]);
});
