// Short training runs of the tiny model, and what a test asks about them.
import { randomStream } from '../../src/core/random.ts';
import { createDistribution } from '../../src/core/distributions/create.ts';
import { buildTrie } from '../../src/core/targets/build-trie.ts';
import { softTargets } from '../../src/core/targets/node-targets.ts';
import { outputSpace } from '../../src/core/targets/output-space.ts';
import { sampleAnswers } from '../../src/core/targets/sample-answers.ts';
import type { LanguageModel } from '../../src/model/language-model.ts';
import { createLora } from '../../src/model/adapter/lora.ts';
import type { LoraAdapter } from '../../src/model/adapter/lora.ts';
import type { Example } from '../../src/model/decoder/pack.ts';
import { train } from '../../src/training/trainer.ts';
import type { StepBatch, StepReport, TrainerOptions } from '../../src/training/trainer.ts';
import { hardTargets } from './hard-targets.ts';

export const ADAMW = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 };

/** A pure function of the step: one group of three prompts of different lengths, four answers each. */
export function tinyBatches(
  { tokenizer }: LanguageModel,
  method: 'soft' | 'hard',
): (step: number) => StepBatch {
  const space = outputSpace(createDistribution('gaussian', { mu: 0, sigma: 1 }), { decimals: 1 });
  const trie = buildTrie(space, (text) => tokenizer.encodeAnswer(text), tokenizer.endToken);
  return (step) => {
    const random = randomStream(7, 'batch', step);
    const examples: Example[] = Array.from({ length: 3 }, () => {
      const answers = sampleAnswers(space.probabilities, 4, random);
      return {
        prompt: Array.from({ length: 1 + random.integer(20) }, () => 3 + random.integer(60)),
        supervision: (method === 'soft' ? softTargets : hardTargets)(trie, answers),
      };
    });
    return stepBatch([examples]);
  };
}

export function stepBatch(groups: readonly (readonly Example[])[]): StepBatch {
  const examples = groups.flat();
  const sum = (of: (example: Example) => number) => examples.reduce((a, b) => a + of(b), 0);
  return {
    groups,
    normalizer: sum(({ supervision }) => supervision.normalizer),
    promptTokens: sum(({ prompt }) => prompt.length),
    answerTokens: sum(({ supervision }) => supervision.nodeCount - 1),
  };
}

export function tinyLora({ decoder }: LanguageModel, seed = 11): LoraAdapter {
  const config = { rank: 4, alpha: 8, dropout: 0.1, targets: ['q', 'k', 'v', 'o'] as const };
  return createLora(decoder.spec, config, seed);
}

/** A LoRA run with dropout on soft targets; `changes` replace what a test is about. */
export function tinyRun(
  model: LanguageModel,
  adapter: LoraAdapter,
  changes: Partial<TrainerOptions> = {},
): AsyncGenerator<StepReport> {
  return train({
    decoder: model.decoder,
    adapter,
    dropout: 0.1,
    steps: 6,
    batch: tinyBatches(model, 'soft'),
    learningRate: () => 5e-3,
    loss: 'kl',
    optimizer: ADAMW,
    seed: 11,
    reportEvery: 1,
    ...changes,
  });
}

/** All reports of a run, without their states. */
export async function reportsOf(run: AsyncIterable<StepReport>) {
  const reports: Omit<StepReport, 'state'>[] = [];
  for await (const { state, ...report } of run) {
    void state;
    reports.push(report);
  }
  return reports;
}

/** The adapter's values, name by name. */
export async function valuesOf(adapter: LoraAdapter): Promise<Map<string, Float32Array>> {
  const parts = adapter.split((await adapter.values.data()) as Float32Array);
  return new Map([...parts].map(([name, { values }]) => [name, values]));
}
