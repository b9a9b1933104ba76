import { describe, expect, test } from 'vitest';
import { PASSAGE_DOCUMENTS } from '../../../src/evaluation/perplexity/passages.ts';
import { evaluatePerplexity } from '../../../src/evaluation/perplexity.ts';
import type { EvaluatedModel } from '../../../src/evaluation/evaluated-model.ts';
import { figureOf, scriptedModel } from './scripted-model.ts';

test('three bits for every character are 3 bits per byte of ASCII and a perplexity of 8', async () => {
  const model = scriptedModel({ character: () => -3 * Math.LN2 });
  const report = await evaluatePerplexity(model, PASSAGE_DOCUMENTS, { seed: 11 });
  const bits = figureOf(report.figures, 'bits_per_byte');
  expect(PASSAGE_DOCUMENTS.every(({ text }) => /^[\x20-\x7e]+$/.test(text))).toBe(true);
  expect(bits.value).toBeCloseTo(3, 12);
  expect([bits.low, bits.high].map((x) => Math.round(x! * 1e9))).toEqual([3e9, 3e9]);
  expect(figureOf(report.figures, 'perplexity').value).toBeCloseTo(8, 10);
  expect(report.settings).toEqual({ window: 2048, stride: 1024, seed: 11 });
  expect(JSON.parse(JSON.stringify(report))).toEqual(report);
});

test('texts count by their length, bytes are those of UTF-8', async () => {
  const model = scriptedModel({ character: (c) => (c === 'a' ? -1 : -2) });
  const documents = [
    { id: '1', text: 'aaaa' }, // 4 nats, 4 bytes
    { id: '2', text: '\u00e9' }, // 2 nats, 2 bytes
    { id: '3', text: '\u20ac' }, // 2 nats, 3 bytes
  ];
  const { rows, figures } = await evaluatePerplexity(model, documents, { seed: 11 });
  expect(rows.map((row) => row.bytes)).toEqual([4, 2, 3]);
  expect(rows[2]!.bits_per_byte).toBeCloseTo(2 / Math.LN2 / 3, 12);
  expect(rows[2]!.perplexity).toBeCloseTo(Math.exp(2), 10);
  const bits = figureOf(figures, 'bits_per_byte');
  expect(bits.value).toBeCloseTo(8 / Math.LN2 / 9, 12);
  // Between texts of 2 / 3 and 1 nats per byte.
  expect(bits.low!).toBeGreaterThanOrEqual(2 / Math.LN2 / 3 - 1e-12);
  expect(bits.high!).toBeLessThanOrEqual(1 / Math.LN2 + 1e-12);
  expect(bits.low!).toBeLessThan(bits.high!);
  expect(figureOf(figures, 'perplexity').value).toBeCloseTo(Math.exp(8 / 6), 10);
});

test('window and stride reach the model; one text has no interval; nothing scored is undefined', async () => {
  const asked: object[] = [];
  const model: Pick<EvaluatedModel, 'textLogProbability'> = {
    textLogProbability: (_, options) => {
      asked.push(options);
      return Promise.resolve({ logProbability: 0, tokens: 0 });
    },
  };
  const documents = [{ id: '1', text: 'a' }];
  const options = { seed: 1, window: 64, stride: 16 };
  const { figures, rows } = await evaluatePerplexity(model, documents, options);
  expect(asked).toEqual([{ window: 64, stride: 16 }]);
  expect(rows[0]).toMatchObject({ bits_per_byte: null, perplexity: null });
  expect(figureOf(figures, 'bits_per_byte')).toMatchObject({
    value: null,
    low: null,
    note: 'no token could be scored',
  });
});

describe('settings out of range are refused', () => {
  test.each([
    ['window', { window: 1 }],
    ['window', { window: 2.5 }],
    ['stride', { stride: 0 }],
    ['stride', { window: 8, stride: 9 }],
  ])('%s of %o', async (field, options) => {
    const run = evaluatePerplexity(scriptedModel({}), [], { seed: 1, ...options });
    await expect(run).rejects.toMatchObject({ name: 'InputError', field });
  });
});
