// The forms of weight matrices: what rounding costs, what codes stand for, how rows of several are joined.
import fc from '../../support/fast-check.ts';
import { beforeAll, describe, expect, test } from 'vitest';
import { startNodeBackend } from '../../../cli/backend.ts';
import { randomStream } from '../../../src/core/random.ts';
import {
  codesAs,
  commonForm,
  formOfCodes,
  someRows,
  valuesOfCodes,
} from '../../../src/tensor/block-codes.ts';
import type { BlockCodes, CodeForm } from '../../../src/tensor/block-codes.ts';
import { toCodedMatrix, toMatrix } from '../../../src/tensor/make-matrix.ts';
import { FORMS, matrixBytes, tensorsOf } from '../../../src/tensor/matrix.ts';
import type { Matrix } from '../../../src/tensor/matrix.ts';
import { quantised } from '../../../src/tensor/quantise.ts';
import { floatRows, floatsOf } from '../../../src/tensor/widen.ts';
import * as tf from '../../../src/tensor/tf.ts';
import {
  ALL_FORMS,
  disposeMatrix,
  exactMatrix,
  FORM_NAMES,
} from '../../support/operations/tensors.ts';

const CODE_FORMS = Object.values(ALL_FORMS).flatMap((form) =>
  form.format === 'codes' ? [form] : [],
);

/** Of any magnitude that weights have, with blocks of one value and of zeros among them. */
const values = fc.array(
  fc.oneof(
    fc.double({ min: -4, max: 4, noNaN: true }),
    fc.double({ min: -1e-6, max: 1e-6, noNaN: true }),
    fc.constantFrom(0, -0, 1, -2.5),
  ),
  { minLength: 1, maxLength: 150 },
);

describe.each(CODE_FORMS)('$bits bits by $block, minimums $hasMinimums', (form) => {
  test('a value is off by at most half a step of its block', () =>
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 3 }), (drawn, rows) => {
        const all = Float32Array.from(drawn.slice(0, drawn.length - (drawn.length % rows)));
        const columns = all.length / rows;
        if (columns === 0) return;
        const rounded = valuesOfCodes(quantised(all, rows, columns, form));
        rounded.forEach((value, i) => {
          const [row, column] = [Math.floor(i / columns), i % columns];
          const first = row * columns + form.block * Math.floor(column / form.block);
          const own = all.slice(first, Math.min(first + form.block, (row + 1) * columns));
          const [low, high] = [Math.min(...own), Math.max(...own)];
          const reach = form.hasMinimums ? high - low : Math.max(high, -low);
          const step = reach / (form.hasMinimums ? 2 ** form.bits - 1 : 127);
          // Scales are rounded to 16 bits, minimums and sums to 24; the least of all numbers to fewer.
          const slack = 1e-4 * step + 2 ** -22 * Math.max(high, -low) + 2 ** -130;
          expect(Math.abs(value - all[i]!)).toBeLessThanOrEqual(step / 2 + slack);
        });
      }),
    ));

  test('products of scales and codes are exact where something is added to them', () => {
    const random = randomStream(1, 'scales');
    const drawn = Float32Array.from({ length: 40 * 64 }, () => random.normal());
    const { scales, codes, minimums } = quantised(drawn, 40, 64, form);
    if (!minimums) return;
    codes.forEach((code, i) => {
      const product = scales[Math.floor(i / form.block)]! * code;
      expect(Math.fround(product)).toBe(product);
    });
  });
});

test('bf16 rounds to the nearest of its numbers, ties to even', async () => {
  await startNodeBackend('cpu');
  const random = randomStream(1, 'values');
  const drawn = Float32Array.from({ length: 3 * 45 }, () => random.normal());
  const { values: tensor } = toMatrix(drawn, 3, 45, FORMS.bf16);
  tensor.dataSync<'float32'>().forEach((value, i) => {
    expect(Math.abs(value / drawn[i]! - 1)).toBeLessThanOrEqual(2 ** -8);
    expect(new Uint32Array(Float32Array.of(value).buffer)[0]! & 0xffff).toBe(0);
  });
  tensor.dispose();
  const ties = Float32Array.from(new Float32Array(Uint32Array.of(0x3f808000, 0x3f818000).buffer));
  const { values: even } = toMatrix(ties, 1, 2, FORMS.bf16);
  const words = new Uint32Array(even.dataSync<'float32'>().slice().buffer);
  expect([...words]).toEqual([0x3f800000, 0x3f820000]);
  even.dispose();
});

describe.each(['wasm', 'cpu'] as const)('on %s', (backend) => {
  beforeAll(() => startNodeBackend(backend));

  test.each(FORM_NAMES)('the values of %s, all and of chosen rows', async (name) => {
    const before = tf.memory().numTensors;
    const { matrix, values: expected } = exactMatrix(name, 5, 71, randomStream(2, name));
    const [all, some] = tf.tidy(() => [
      tf.add(floatsOf(matrix), 0),
      floatRows(matrix, 3, (i) => [4, 0, 4][i]!),
    ]);
    expect(plain(await all.data())).toEqual(plain(expected));
    const row = (i: number) => plain(expected.subarray(71 * i, 71 * (i + 1)));
    expect(plain(await some.data())).toEqual([...row(4), ...row(0), ...row(4)]);
    tf.dispose([all, some]);
    disposeMatrix(matrix);
    expect(tf.memory().numTensors).toBe(before);
  });

  test.each(FORM_NAMES)('%s takes as many bytes as are predicted', (name) => {
    if (name === 'bf16') return;
    const { matrix } = exactMatrix(name, 513, 300, randomStream(2, name));
    expect(bytesOf(matrix)).toBe(matrixBytes(ALL_FORMS[name], 513, 300));
    disposeMatrix(matrix);
  });

  test('four bits take less than a fifth of f32', () => {
    expect(matrixBytes(FORMS.int4, 512, 512)).toBeLessThan(matrixBytes(FORMS.f32, 512, 512) / 5);
  });

  test('codes are kept as they are', async () => {
    const random = randomStream(3, 'codes');
    for (const form of CODE_FORMS) {
      const codes = randomCodes(form, 3, 48, random);
      const matrix = toCodedMatrix(codes);
      const floats = tf.tidy(() => floatsOf(matrix));
      expect(await floats.data()).toEqual(valuesOfCodes(codes));
      floats.dispose();
      disposeMatrix(matrix);
    }
  });
});

/** Without the signs of zeros, which are lost where 0 is added to them. */
const plain = (numbers: Iterable<number>) => Array.from(numbers, (x) => x + 0);

const bytesOf = (matrix: Matrix) => tensorsOf(matrix).reduce((sum, { size }) => sum + 4 * size, 0);

/** With scales as files have them: of few bits, some negative, some minute. */
function randomCodes(
  { bits, block, hasMinimums }: CodeForm,
  rows: number,
  columns: number,
  random: ReturnType<typeof randomStream>,
): BlockCodes {
  const blocks = Math.ceil(columns / block);
  const size = rows * blocks * block;
  const shift = bits === 4 ? 0 : 128;
  const half = () => (random.integer(4001) - 2000) * 2 ** -(8 + random.integer(20));
  const places = { length: rows * blocks };
  return {
    ...{ rows, columns, bits, block },
    codes: new (bits === 4 ? Uint8Array : Int8Array)(size).map(
      () => random.integer(2 ** bits) - shift,
    ),
    scales: Float32Array.from(places, half),
    ...(hasMinimums && { minimums: Float32Array.from(places, half) }),
  };
}

describe('rows that come into another matrix', () => {
  test('the common form is the narrowest that holds all', () => {
    const [four, eight] = [FORMS.int4, FORMS.int8];
    const by16 = ALL_FORMS['int8 by 16'];
    const form = ({ bits, block, hasMinimums }: CodeForm) => ({ bits, block, hasMinimums });
    expect(commonForm([four, four])).toEqual(form(four));
    expect(commonForm([four, eight])).toEqual(form(ALL_FORMS['int8 above']));
    expect(commonForm([eight, by16])).toEqual(form(by16));
    expect(commonForm([four, by16])).toEqual(form(ALL_FORMS['int8 by 16 above']));
  });

  test('have exactly the values that they had, in whatever order', () => {
    const random = randomStream(4, 'stack');
    for (const first of CODE_FORMS) {
      for (const second of CODE_FORMS) {
        const columns = [32, 48, 71][random.integer(3)]!;
        const codes = randomCodes(first, 4, columns, random);
        const form = commonForm([first, second]);
        const rowOf = (row: number) =>
          plain(valuesOfCodes(codes).subarray(row * columns, (row + 1) * columns));
        const turned = codesAs(codes, form, Int32Array.of(2, 0, 3));
        expect(formOfCodes(turned)).toEqual(form);
        expect(plain(valuesOfCodes(turned))).toEqual([2, 0, 3].flatMap(rowOf));
        const some = codesAs(someRows(codes, 1, 3), form);
        expect(plain(valuesOfCodes(some))).toEqual([1, 2].flatMap(rowOf));
      }
    }
  });
});
