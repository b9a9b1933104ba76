// Answers of the built-in model to one prompt: many together, and one generation after the other.
import { samplingPrompt } from '../../src/core/prompts/sampling-prompt.ts';
import { loadLanguageModel } from '../../src/model/language-model.ts';
import type { ModelFiles } from '../../src/model/files/model-files.ts';
import { sampleTokens } from '../../src/model/decoder/sample.ts';
import type { SampledAnswer } from '../../src/model/decoder/sample.ts';
import type { OpenedTask, DrawingTask } from './task.ts';

const MOST_TOKENS = 32;

export async function openSampling(task: DrawingTask, builtin: ModelFiles): Promise<OpenedTask> {
  const { answers, method, seed } = task;
  const { decoder, tokenizer } = await loadLanguageModel(builtin);
  const prompt = tokenizer.promptTokens(samplingPrompt('gaussian', { mu: 0, sigma: 1 }));
  const { endTokens } = tokenizer;
  const draw = (n: number, stream: number) =>
    sampleTokens(decoder, prompt, n, { seed: stream, maxTokens: MOST_TOKENS, endTokens });
  let runs = 0;
  let counts: Record<string, number> = {};
  return {
    async run() {
      const sampled: SampledAnswer[] = [];
      const first = seed + runs++ * answers;
      if (method === 'together') sampled.push(...(await draw(answers, first)));
      else for (let i = 0; i < answers; i++) sampled.push(...(await draw(1, first + i)));
      counts = {};
      for (const { tokens, count } of sampled) {
        const key = tokens.join(' ');
        counts[key] = (counts[key] ?? 0) + count;
      }
      return Object.values(counts).reduce((a, b) => a + b, 0);
    },
    details: () => ({ counts }),
  };
}
