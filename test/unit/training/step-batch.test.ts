// Batches with two losses: each divided by its own normaliser.
import { beforeAll, expect, test } from 'vitest';
import { startNodeBackend } from '../../../cli/backend.ts';
import { mergePaths } from '../../../src/core/targets/merge-paths.ts';
import type { LanguageModel } from '../../../src/model/language-model.ts';
import * as tf from '../../../src/tensor/tf.ts';
import { jointBatch, stepBatch } from '../../../src/training/step-batch.ts';
import { AdapterValues } from '../../../src/training/trained-values.ts';
import { accumulate } from '../../../src/training/passes.ts';
import type { StepBatch } from '../../../src/training/trainer.ts';
import { loadTinyModel } from '../../support/tiny-model.ts';
import { tinyLora } from '../../support/training-runs.ts';

let model: LanguageModel;

beforeAll(async () => {
  await startNodeBackend('wasm');
  model = await loadTinyModel();
}, 60_000);

function lossOf({ groups, normalizer }: StepBatch): number {
  return tf.tidy(() => {
    const adapter = tinyLora(model);
    const sink = new AdapterValues(adapter).gradients();
    const options = { kind: 'cross-entropy', adapter } as const;
    const losses = groups.map((group) =>
      accumulate(model.decoder, group, normalizer, sink, options),
    );
    return losses.reduce((sum, loss) => sum + loss.dataSync()[0]!, 0);
  });
}

test('the loss of a joint batch is the weighted sum of the two losses', () => {
  const document = (prompt: number[], ...paths: number[][]) => ({
    prompt,
    supervision: mergePaths(paths.map((tokens) => ({ tokens }))),
  });
  const main = stepBatch([document([1, 2], [3, 4, 5], [3, 6]), document([7], [8])]);
  const side = stepBatch([document([9, 8, 7], [6, 5])]);
  const joint = jointBatch(main, side, 0.25);
  expect(main.normalizer).toBe(6);
  expect(side.normalizer).toBe(2);
  expect(lossOf(joint)).toBeCloseTo(lossOf(main) + 0.25 * lossOf(side), 5);
  expect(joint.promptTokens).toBe(main.promptTokens + 3);
  expect(joint.answerTokens).toBe(main.answerTokens + 1);
});
