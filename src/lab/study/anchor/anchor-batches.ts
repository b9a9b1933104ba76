// The anchor's part of an arm's batches: unrelated prompts and what the untouched model does after them.
import { workedInOrder } from '../../../core/in-order.ts';
import type { Supervision } from '../../../core/targets/supervision.ts';
import type { LanguageModel } from '../../../model/language-model.ts';
import { stepBatch } from '../../../training/step-batch.ts';
import type { StepBatch } from '../../../training/trainer.ts';
import type { Anchor } from '../../experiment/experiment.ts';
import type { AnchorSchedule } from './anchor-schedule.ts';
import type { AskLanes } from '../lanes/lane-calls.ts';

/** An anchor prompt ready for training. */
export interface AnchorExample {
  readonly prompt: readonly number[];
  readonly supervision: Supervision;
}

/** The untouched model, and how many prompts it makes sense to ask it at once. */
export interface AskedBase extends Pick<LanguageModel, 'tokenizer'> {
  readonly ask: AskLanes;
  readonly together: number;
}

/**
 * Asks the untouched model, prompt by prompt. A pure function of model, settings and seed, so that a
 * run that is continued computes it again instead of storing it.
 */
export async function* anchorExamples(
  { ask, together, tokenizer }: AskedBase,
  { prompts }: AnchorSchedule,
  { answers, max_tokens: maxTokens, top }: Anchor,
  { seed, signal }: { seed: number; signal?: AbortSignal | undefined },
): AsyncGenerator<AnchorExample> {
  const { endTokens, hasChatTemplate } = tokenizer;
  const options = { answers, maxTokens, top, endTokens, seed };
  yield* workedInOrder(prompts, together, async ({ text }) => {
    // Without a template a model continues texts, and would not know that it is asked.
    const prompt = tokenizer.promptTokens(hasChatTemplate ? text : `${text}\nAnswer:`);
    return { prompt, supervision: await ask('behaviour', { prompt, ...options }, { signal }) };
  });
}

/** The batch of each step that has one. */
export function anchorBatches(
  examples: readonly AnchorExample[],
  schedule: AnchorSchedule,
): (step: number) => StepBatch | undefined {
  return (step) => {
    const places = schedule.of(step);
    return places.length > 0 ? stepBatch(places.map((place) => examples[place]!)) : undefined;
  };
}
