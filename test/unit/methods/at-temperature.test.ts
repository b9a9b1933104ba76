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

test('a cold model whose likeliest first tokens are unlikely has probabilities that sum to 1', async () => {
  const firsts = Float32Array.from({ length: 1500 }, (_, i) => (i < 500 ? 1e-3 : 5e-4));
  const model = scriptedModel({ firstToken: () => firsts });
  const cold = await atTemperature(model, 0.05).firstTokenProbabilities!('any');
  expect(cold.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 4);
  expect(cold[0]).toBeCloseTo(1 / 500, 6);
  expect(cold[500]).toBeCloseTo(2 ** -20 / 500, 9);
});
