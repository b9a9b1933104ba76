import fc from '../../../support/fast-check.ts';
import { expect, test } from 'vitest';
import { RandomStream, randomStream } from '../../../../src/core/random.ts';

test('a stream depends on its seed and name alone', () => {
  const draw = (...args: Parameters<typeof randomStream>) => {
    const stream = randomStream(...args);
    return [stream.bits(), stream.bits(), stream.bits()];
  };
  expect(draw(11, 'answers', 3)).toEqual(draw(11, 'answers', 3));
  const all = [draw(11, 'answers', 3), draw(12, 'answers', 3), draw(11, 'answers', 4), draw(11)];
  expect(new Set(all.map(String)).size).toBe(all.length);
  expect(draw(1, '2')).not.toEqual(draw(1, 2));
});

test('pinned first draws: changing the generator changes every result', () => {
  const stream = randomStream(11, 'pinned');
  expect([stream.bits(), stream.bits(), stream.bits()]).toMatchInlineSnapshot(`
    [
      1981746828,
      498038576,
      640416602,
    ]
  `);
});

test('a stored state continues the stream', () => {
  const stream = randomStream(1, 'resume');
  for (let i = 0; i < 10; i++) stream.normal();
  const copy = new RandomStream(JSON.parse(JSON.stringify(stream.state)));
  expect(Array.from({ length: 20 }, () => copy.uniform())).toEqual(
    Array.from({ length: 20 }, () => stream.uniform()),
  );
});

test('every bit is balanced and successive draws are uncorrelated', () => {
  const stream = randomStream(5, 'bits');
  const n = 100_000;
  const ones = new Array<number>(32).fill(0);
  for (let i = 0; i < n; i++) {
    const bits = stream.bits();
    for (let b = 0; b < 32; b++) ones[b]! += (bits >>> b) & 1;
  }
  for (const count of ones) expect(Math.abs(count - n / 2)).toBeLessThan(5 * Math.sqrt(n / 4));
  let product = 0;
  let previous = stream.uniform() - 0.5;
  for (let i = 0; i < n; i++) {
    const next = stream.uniform() - 0.5;
    product += previous * next;
    previous = next;
  }
  expect(Math.abs(product / n)).toBeLessThan(5 / 12 / Math.sqrt(n));
});

test('uniforms stay in [0, 1), integers below their bound', () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 1, max: 2 ** 32 }), (seed, bound) => {
      const stream = randomStream(seed, 'range');
      const u = stream.uniform();
      const k = stream.integer(bound);
      return u >= 0 && u < 1 && Number.isInteger(k) && k >= 0 && k < bound;
    }),
  );
  expect(() => randomStream(1).integer(0)).toThrow('the bound must be');
  expect(() => randomStream(1).integer(2.5)).toThrow('the bound must be');
});

test('normals have the moments of the standard normal', () => {
  const stream = randomStream(3, 'normal');
  const n = 200_000;
  const sums = [0, 0, 0, 0];
  for (let i = 0; i < n; i++) {
    const x = stream.normal();
    for (let k = 0; k < 4; k++) sums[k]! += x ** (k + 1) / n;
  }
  expect(sums[0]).toBeCloseTo(0, 1.5);
  expect(Math.abs(sums[1]! - 1)).toBeLessThan(0.02);
  expect(Math.abs(sums[2]!)).toBeLessThan(0.05);
  expect(Math.abs(sums[3]! - 3)).toBeLessThan(0.12);
});

test('categorical draws follow the weights and skip zeros', () => {
  const stream = randomStream(7, 'categorical');
  const weights = [0, 1, 3, 0, 6, 0];
  const counts = weights.map(() => 0);
  const n = 100_000;
  for (let i = 0; i < n; i++) counts[stream.categorical(weights)]!++;
  weights.forEach((w, i) => expect(Math.abs(counts[i]! - (n * w) / 10)).toBeLessThan(800));
  expect(counts[0]! + counts[3]! + counts[5]!).toBe(0);
  expect(() => stream.categorical([0, 0])).toThrow('sum to 0');
});

test('a shuffle keeps the items and reaches every order equally', () => {
  const stream = randomStream(9, 'shuffle');
  const counts = new Map<string, number>();
  for (let i = 0; i < 60_000; i++) {
    const order = stream.shuffle([0, 1, 2]).join('');
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  expect(counts.size).toBe(6);
  for (const count of counts.values()) expect(Math.abs(count - 10_000)).toBeLessThan(500);
});
