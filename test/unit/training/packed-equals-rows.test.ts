// The packed way against the reference's: one path per row, the prompt repeated, for the same answers.
import { beforeAll, describe, expect, test } from 'vitest';
import { startNodeBackend } from '../../../cli/backend.ts';
import { cutSupervision } from '../../../src/core/targets/cut.ts';
import { softTargets, wholeTrieTargets } from '../../../src/core/targets/node-targets.ts';
import type { LanguageModel } from '../../../src/model/language-model.ts';
import type { LoraAdapter } from '../../../src/model/adapter/lora.ts';
import type { Example } from '../../../src/model/decoder/pack.ts';
import type { LossKind } from '../../../src/tensor/ops/trie-loss/trie-loss.ts';
import * as tf from '../../../src/tensor/tf.ts';
import { AdapterValues } from '../../../src/training/trained-values.ts';
import { accumulate } from '../../../src/training/passes.ts';
import { expectClose, relativeError } from '../../support/compare.ts';
import {
  exampleOf,
  hardRows,
  rowLogProbabilities,
  sampledGaussian,
  softRow,
  softRows,
  tokensOf,
} from '../../support/reference-rows.ts';
import type { Row, SampledPrompt } from '../../support/reference-rows.ts';
import { loadTinyModel } from '../../support/tiny-model.ts';
import { reportsOf, tinyLora, tinyRun } from '../../support/training-runs.ts';
import { hardTargets } from '../../support/hard-targets.ts';

/** The bound, relative to the loss and to the largest gradient of each tensor. */
const TOLERANCE = 1e-4;
const ROWS = 32;

let model: LanguageModel;
let adapter: LoraAdapter;

beforeAll(async () => {
  await startNodeBackend('wasm');
  model = await loadTinyModel();
  adapter = tinyLora(model);
  await reportsOf(tinyRun(model, adapter, { steps: 2 })); // so that B is not zero
}, 60_000);

/** Loss and gradient of every adapter tensor, a few rows at a time. */
function lossAndGradients(examples: readonly Example[], normalizer: number, kind: LossKind) {
  const values = new AdapterValues(adapter);
  const sink = values.gradients();
  let loss = 0;
  tf.tidy(() => {
    for (let i = 0; i < examples.length; i += ROWS) {
      const group = examples.slice(i, i + ROWS);
      loss += accumulate(model.decoder, group, normalizer, sink, { kind, adapter }).dataSync()[0]!;
    }
  });
  const flat = values.collected(sink);
  const parts = adapter.split(flat.dataSync<'float32'>());
  flat.dispose();
  return { loss, gradients: new Map([...parts].map(([name, part]) => [name, part.values])) };
}

/** The reference's loss by its plain formula, from each row alone. */
function plainLoss(rows: readonly Row[], kind: LossKind): number {
  const logP = rowLogProbabilities(model, rows, adapter);
  return rows
    .flatMap(({ steps }) => steps)
    .reduce((loss, { tokens, probabilities, weight }, step) => {
      const terms = probabilities.map(
        (t, i) => t * ((kind === 'kl' ? Math.log(t) : 0) - logP[step]![tokens[i]!]!),
      );
      return loss + weight * terms.reduce((a, b) => a + b, 0);
    }, 0);
}

/** Packed = rows = formula; says how many tokens either way reads. */
function compare(what: string, packed: readonly Example[], rows: readonly Row[], kind: LossKind) {
  const normalizer = packed.reduce((sum, { supervision }) => sum + supervision.normalizer, 0);
  const ours = lossAndGradients(packed, normalizer, kind);
  const single = rows.map(exampleOf);
  const reference = lossAndGradients(single, 1, kind);
  expectClose([ours.loss], [reference.loss], TOLERANCE, `${what}: loss`);
  expectClose([ours.loss], [plainLoss(rows, kind)], TOLERANCE, `${what}: formula`);
  let worst = 0;
  for (const [name, gradient] of ours.gradients) {
    const error = relativeError(gradient, reference.gradients.get(name)!);
    expect(error, `${what}: ${name}`).toBeLessThanOrEqual(TOLERANCE);
    worst = Math.max(worst, error);
  }
  const [few, many] = [tokensOf(packed), tokensOf(single)];
  console.log(
    `${what}: loss ${ours.loss.toFixed(6)}, the other way ${reference.loss.toFixed(6)}; ` +
      `gradients differ by ${worst.toExponential(1)} at most; packed ${few.prompt} prompt + ${few.answer} answer ` +
      `tokens, one path per row ${many.prompt} + ${many.answer}: ` +
      `${((many.prompt + many.answer) / (few.prompt + few.answer)).toFixed(1)} times as many`,
  );
  expect(few.prompt + few.answer).toBeLessThanOrEqual(many.prompt + many.answer);
}

const prompts = (decimals: number, count: number): SampledPrompt[] =>
  [
    { mu: 0, sigma: 1 },
    { mu: -12.5, sigma: 0.3 },
    { mu: 3, sigma: 20 },
  ].map((parameters) => sampledGaussian(model.tokenizer, parameters, decimals, count));

describe('two decimals, one token per digit', () => {
  test.each([1, 16])('soft targets from %d paths', (count) => {
    const sampled = prompts(2, count);
    const packed = sampled.map(({ prompt, trie, answers }) => ({
      prompt,
      supervision: softTargets(trie, answers),
    }));
    compare(`soft, ${count} paths`, packed, softRows(sampled), 'kl');
  });

  test.each([1, 16])('hard targets from %d answers', (count) => {
    const sampled = prompts(2, count);
    const packed = sampled.map(({ prompt, trie, answers }) => ({
      prompt,
      supervision: hardTargets(trie, answers),
    }));
    compare(`hard, ${count} answers`, packed, hardRows(sampled), 'cross-entropy');
  });
});

test('the whole trie is the expectation over all answers', () => {
  const sampled = sampledGaussian(model.tokenizer, { mu: 0, sigma: 1 }, 1, 1);
  const { prompt, trie, space } = sampled;
  const packed = [{ prompt, supervision: wholeTrieTargets(trie) }];
  const rows = space.values.map((_, answer) =>
    softRow(sampled, answer, space.probabilities[answer]!),
  );
  compare('whole trie', packed, rows, 'kl');
});

test.each(['soft', 'hard'] as const)('%s targets in pieces are the whole', (method) => {
  const { prompt, trie, answers } = sampledGaussian(model.tokenizer, { mu: 0, sigma: 1 }, 2, 64);
  const kind = method === 'soft' ? 'kl' : 'cross-entropy';
  const whole = method === 'soft' ? wholeTrieTargets(trie) : hardTargets(trie, answers);
  const expected = lossAndGradients([{ prompt, supervision: whole }], whole.normalizer, kind);
  for (const slots of [20, 97]) {
    const pieces = cutSupervision(whole, slots);
    expect(pieces.length).toBeGreaterThan(1);
    const examples = pieces.map((supervision) => ({ prompt, supervision }));
    const normalizer = pieces.reduce((sum, piece) => sum + piece.normalizer, 0);
    const parts = lossAndGradients(examples, normalizer, kind);
    expectClose([parts.loss], [expected.loss], 1e-5, `${slots}: loss`);
    for (const [name, gradient] of parts.gradients) {
      expectClose(gradient, expected.gradients.get(name)!, 2e-5, `${slots}: ${name}`);
    }
  }
});
