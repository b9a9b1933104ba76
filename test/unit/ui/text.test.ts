import { expect, test } from 'vitest';
import { beside, explain } from '../../../src/ui/text/explain.ts';
import {
  bytes,
  duration,
  figure,
  percent,
  roughly,
  sentence,
} from '../../../src/ui/text/format.ts';
import { looksOf } from '../../../src/charts/looks.ts';
import { linearScale, ratioScale } from '../../../src/ui/controls/scales.ts';
import { machineName } from '../../../src/ui/text/machine-name.ts';
import { distributionName } from '../../../src/ui/text/run-name.ts';

test.each([
  [0, '0'],
  [1.23456, '1.23'],
  [-0.0123456, '−0.0123'],
  [12345.6, '12,300'],
  [0.0000123, '1.2×10⁻⁵'],
  [2.5e8, '2.5×10⁸'],
  [Infinity, '∞'],
  [NaN, '–'],
  [null, '–'],
])('%s reads %s', (value, text) => expect(figure(value)).toBe(text));

test.each([
  [0, '0 %'],
  [0.0003, '< 0.1 %'],
  [0.0456, '4.6 %'],
  [0.345, '35 %'],
  [0.9996, '> 99.9 %'],
  [1, '100 %'],
  [null, '–'],
])('a share of %s reads %s', (share, text) => expect(percent(share)).toBe(text));

test('times and sizes are rounded to what matters', () => {
  expect(['roughly', roughly(0.4), roughly(42.3), roughly(200), roughly(9000)]).toEqual([
    'roughly',
    'a moment',
    'about 42 s',
    'about 3 min',
    'about 2.5 h',
  ]);
  expect([duration(4.26), duration(42), duration(65), duration(119.7)]).toEqual([
    '4.3 s',
    '42 s',
    '1 min 05 s',
    '2 min 00 s',
  ]);
  expect([bytes(12_345), bytes(5_432_100)]).toEqual(['12 kB', '5.4 MB']);
});

test('messages become sentences, field names stay as they are', () => {
  expect(sentence('sigma is 0')).toBe('Sigma is 0.');
  expect(sentence('data.bins is 1')).toBe('data.bins is 1.');
});

test('W5: a message says of what it speaks, beside its field and elsewhere', () => {
  const error = {
    kind: 'input',
    field: 'data.bins',
    message: 'data.bins is 1000000000',
    advice: 'Give a whole number from 2 to 1000000.',
  } as const;
  expect(beside(error)).toBe('This is 1000000000. Give a whole number from 2 to 1000000.');
  expect(explain(error)).toBe('data.bins is 1000000000. Give a whole number from 2 to 1000000.');
  expect(beside({ ...error, message: 'no answer is left' })).toMatch(/^No answer is left\. Give/);
});

test('P16: what a library said is quoted, after what happened and what to do', () => {
  const message = 'GPUUncapturedErrorEvent: dispatch';
  expect(explain({ kind: 'bug', message, advice: 'reload' })).toBe(
    `Something went wrong. Reload. The message was: “${message}”`,
  );
});

test('arms are told apart', () => {
  const arms = [
    { name: 'base', method: 'none' },
    { name: 'soft', method: 'soft' },
    { name: 'soft 2', method: 'soft' },
    { name: 'hard', method: 'hard' },
  ] as const;
  const looks = Object.values(looksOf(arms));
  expect(new Set(looks.map(({ color }) => color)).size).toBe(4);
  expect(looks[1]?.color).toBe('var(--soft)');
});

test('sliders reach their ends and come back to where they were', () => {
  for (const scale of [linearScale(0, 1, 0.01), ratioScale(0.05, 20)]) {
    for (const position of [0, 250, 500, 1000]) {
      expect(scale.toPosition(scale.toValue(position))).toBeCloseTo(position, -1);
    }
  }
  expect(linearScale(0, 1, 0.1).toValue(300)).toBe(0.3);
  expect(ratioScale(0.05, 20).toPosition(-4)).toBe(0);
});

test('a distribution is named with its parameters', () => {
  expect(distributionName('student_t', { nu: 5 })).toBe("Student's t (nu = 5)");
});

test('a machine is named once', () => {
  const adapter = 'WebAssembly on the processor, one thread';
  expect(machineName({ backend: 'wasm', adapter })).toEqual({
    name: 'WebAssembly',
    on: 'on the processor, one thread',
  });
  expect(machineName({ backend: 'webgpu', adapter: 'apple metal-3' }).on).toBe('apple metal-3');
});
