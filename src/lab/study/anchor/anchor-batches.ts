// The anchor's part of an arm's batches: unrelated prompts and what the untouched model does after them.
import { workedInOrder } from '../../../core/in-order.ts';
import type { Supervision } from '../../../core/targets/supervision.ts';
import type { LanguageModel } from '../../../model/language-model.ts';
import { rowsOfStep } from '../../../training/family-order.ts';
import { stepBatch } from '../../../training/step-batch.ts';
import type { StepBatch } from '../../../training/trainer.ts';
import type { Anchor } from '../../experiment/experiment.ts';
import { anchorPrompts, anchorSums, type AnchorPrompt } from './anchor-prompts.ts';
import type { AskLanes } from '../lanes/lane-calls.ts';

/** An anchor prompt ready for training. */
export interface AnchorExample {
  readonly kind: string;
  readonly prompt: readonly number[];
  readonly supervision: Supervision;
}

/** The untouched model, and how many prompts it makes sense to ask it at once. */
export interface AskedBase extends Pick<LanguageModel, 'tokenizer'> {
  readonly ask: AskLanes;
  readonly together: number;
}

/** The prompts an anchor names, or the lab's own. */
export function promptsOf({ prompts }: Anchor, seed: number): readonly AnchorPrompt[] {
  if (prompts === 'sums') return anchorSums(seed);
  if (prompts === 'all') return anchorPrompts(seed);
  return prompts.map((text) => ({ kind: 'given', text }));
}

/**
 * Asks the untouched model, prompt by prompt. A pure function of model, settings and seed, so that a
 * run that is continued computes it again instead of storing it.
 */
export async function* anchorExamples(
  { ask, together, tokenizer }: AskedBase,
  prompts: readonly AnchorPrompt[],
  { answers, max_tokens: maxTokens, top }: Anchor,
  { seed, signal }: { seed: number; signal?: AbortSignal | undefined },
): AsyncGenerator<AnchorExample> {
  const { endTokens, hasChatTemplate } = tokenizer;
  const options = { answers, maxTokens, top, endTokens, seed };
  yield* workedInOrder(prompts, together, async ({ kind, text }) => {
    // Without a template a model continues texts, and would not know that it is asked.
    const prompt = tokenizer.promptTokens(hasChatTemplate ? text : `${text}\nAnswer:`);
    return {
      kind,
      prompt,
      supervision: await ask('behaviour', { prompt, ...options }, { signal }),
    };
  });
}

/** `batch` examples a step, in an order in which kinds take turns; a pure function of the step. */
export function anchorBatches(
  examples: readonly AnchorExample[],
  batch: number,
  seed: number,
): (step: number) => StepBatch {
  const kinds = examples.map(({ kind }) => kind);
  return (step) => stepBatch(rowsOfStep(step, batch, kinds, seed).map((row) => examples[row]!));
}
