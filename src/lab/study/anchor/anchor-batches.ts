// The anchor's part of an arm's batches: unrelated prompts and what the untouched model does after them.
import { inGroups } from '../../../core/in-groups.ts';
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

/** Prompts that are asked together: a token of eight costs little more than a token of one. */
const TOGETHER = 8;

/**
 * Asks the untouched model. A pure function of model, settings and seed, so that a
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
  // Without a template a model continues texts, and would not know that it is asked.
  const asked = prompts.map(({ text }) =>
    tokenizer.promptTokens(hasChatTemplate ? text : `${text}\nAnswer:`),
  );
  const answered = workedInOrder(inGroups(asked, TOGETHER), together, async (group) => {
    const supervisions = await ask('behaviour', { prompts: group, ...options }, { signal });
    return group.map((prompt, i) => ({ prompt, supervision: supervisions[i]! }));
  });
  for await (const examples of answered) yield* examples;
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
