// Which quantisation is advised, with how much memory for the lab.
import { expect, test } from 'vitest';
import { quantisationAdvice } from '../../../../src/model/sources/quantisation-advice.ts';

/** As repositories have them: SmolLM2-135M-Instruct's. */
const FILES = [
  { file: 'SmolLM2-135M-Instruct-IQ3_M.gguf', bytes: 84_000_000 },
  { file: 'SmolLM2-135M-Instruct-Q4_0.gguf', bytes: 91_700_000 },
  { file: 'SmolLM2-135M-Instruct-Q4_K_M.gguf', bytes: 105_454_432 },
  { file: 'SmolLM2-135M-Instruct-Q8_0.gguf', bytes: 144_800_000 },
  { file: 'SmolLM2-135M-Instruct-f16.gguf', bytes: 271_000_000 },
];

test.each([
  ['a computer', 4e9, /^Take .*Q4_K_M\.gguf: .* 0\.14 GB of the 4\.0 GB .* Q8_0 is closer/],
  [
    'a phone with room for the smallest',
    2.6e8,
    /^Take .*Q4_0\.gguf: .* 0\.12 GB of the 0\.26 GB [^.]*\.$/,
  ],
  ['a phone without', 1e8, /^The weights of .*Q4_0\.gguf alone .* choose a smaller model\.$/],
])('on %s', (_, limit, expected) => {
  expect(quantisationAdvice(FILES, limit)).toMatch(expected);
});

test('types that are not read are not advised', () => {
  const some = ['a-IQ4_XS.gguf', 'a-Q2_K.gguf', 'a-Q3_K_L.gguf', 'IQ4_NL/a.gguf'];
  expect(
    quantisationAdvice(
      some.map((file) => ({ file, bytes: 1e6 })),
      4e9,
    ),
  ).toMatch(/^None/);
});
