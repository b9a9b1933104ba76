import fc from '../../../support/fast-check.ts';
import { expect, test } from 'vitest';
import { InputError } from '../../../../src/core/errors.ts';
import {
  type ExperimentInput,
  resolveExperiment,
} from '../../../../src/lab/experiment/experiment.ts';
import {
  decodeExperiment,
  encodeExperiment,
} from '../../../../src/lab/experiment/experiment-url.ts';

test('the default experiment needs no fragment', () => {
  expect(encodeExperiment(resolveExperiment({}))).toBe('');
  expect(decodeExperiment('')).toEqual(resolveExperiment({}));
});

test('a fragment is short and readable', () => {
  const experiment = resolveExperiment({
    seed: 7,
    data: { distribution: { family: 'gaussian', params: { mu: 0, sigma: 1.5 } } },
  });
  expect(encodeExperiment(experiment)).toBe(
    'data.distribution.family=gaussian&data.distribution.params.mu=0&data.distribution.params.sigma=1.5&seed=7',
  );
});

const word = fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' }).filter((s) => !!s.trim());
const weight = fc.double({ min: 1e-9, max: 1e6, noNaN: true });
const choices = fc.uniqueArray(fc.record({ value: word, weight }), {
  minLength: 2,
  selector: (c) => c.value,
});
const experiments: fc.Arbitrary<ExperimentInput> = fc.record(
  {
    model: word,
    data: fc.oneof(
      fc.record({ choices, prompt: word }),
      fc.record(
        { decimals: fc.integer({ min: 0, max: 12 }), bins: fc.integer({ min: 2, max: 1e5 }) },
        { requiredKeys: [] },
      ),
    ),
    arms: fc
      .uniqueArray(fc.stringMatching(/^[a-z][a-z0-9 _.-]{0,10}$/), { minLength: 1, maxLength: 4 })
      .map((names) =>
        names.map((name) => ({ name, method: 'soft' as const, paths: 'trie' as const })),
      ),
    training: fc.record(
      {
        steps: fc.integer({ min: 1, max: 5000 }),
        learning_rate: fc.double({ min: 1e-9, max: 1, noNaN: true }),
        lora: fc.record({ rank: fc.integer({ min: 1, max: 64 }) }),
      },
      { requiredKeys: [] },
    ),
    seed: fc.integer({ min: 0, max: 0xffffffff }),
  },
  { requiredKeys: [] },
);

test('any experiment survives the way through a link', () => {
  fc.assert(
    fc.property(experiments, (input) => {
      const experiment = resolveExperiment(input);
      expect(decodeExperiment(`#${encodeExperiment(experiment)}`)).toEqual(experiment);
    }),
  );
});

test('any text is read as an experiment or refused as bad input', () => {
  const names = fc.constantFrom('data', 'data.bins', 'arms', '__proto__.x', 'seed', 'a.b', '');
  const fragments = fc
    .array(fc.tuple(names, fc.oneof(fc.json(), fc.string())))
    .map((pairs) => new URLSearchParams(pairs).toString());
  fc.assert(
    fc.property(fc.oneof(fragments, fc.string()), (fragment) => {
      try {
        decodeExperiment(fragment);
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(InputError);
      }
    }),
  );
  expect(({} as Record<string, unknown>).x).toBeUndefined();
});

test('a damaged link names the field', () => {
  expect(() => decodeExperiment('data=3&data.bins=5')).toThrow(InputError);
  expect(() => decodeExperiment('seed=eleven')).toThrow('seed is "eleven"');
});
