// Logits in pieces are the logits.
import { beforeAll, expect, test } from 'vitest';
import { startNodeBackend } from '../../../cli/backend.ts';
import { randomStream } from '../../../src/core/random.ts';
import { logitRows } from '../../../src/evaluation/logits.ts';
import { toF32Matrix } from '../../../src/tensor/make-matrix.ts';
import * as tf from '../../../src/tensor/tf.ts';

beforeAll(() => startNodeBackend('wasm'));

test('more rows and tokens than one piece holds', async () => {
  const [rows, width, vocab] = [130, 3, 2 ** 17 + 5];
  const random = randomStream(11, 'logits');
  const draw = (n: number) => Float32Array.from({ length: n }, () => random.normal());
  const [h, w] = [draw(rows * width), draw(vocab * width)];
  const hidden = tf.tensor2d(h, [rows, width]);
  const head = toF32Matrix(w, vocab, width);
  let next = 0;
  for await (const { first, values } of logitRows(hidden, head)) {
    expect(first).toBe(next);
    const count = values.length / vocab;
    next += count;
    let worst = 0;
    for (let row = 0; row < count; row += 63) {
      for (let token = 0; token < vocab; token++) {
        let expected = 0;
        for (let i = 0; i < width; i++)
          expected += h[(first + row) * width + i]! * w[token * width + i]!;
        worst = Math.max(worst, Math.abs(values[row * vocab + token]! - expected));
      }
    }
    expect(worst).toBeLessThan(1e-5);
  }
  expect(next).toBe(rows);
  tf.dispose([hidden, head.values]);
});
