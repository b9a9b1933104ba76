// Batches of optimizer steps from supervised prompts, and batches with two losses.
import { inGroups } from '../core/in-groups.ts';
import { cutSupervision } from '../core/targets/cut.ts';
import type { Supervision } from '../core/targets/supervision.ts';
import type { Example } from '../model/decoder/pack.ts';
import type { StepBatch } from './trainer.ts';

/** Nodes per row and rows per pass: bounds the memory of a pass. */
const SLOTS = 128;
const ROWS = 8;

/** The pieces in which a supervision passes the model. */
export function cutForPasses(supervision: Supervision): Supervision[] {
  const deepest = supervision.depth.reduce((a, b) => Math.max(a, b), 0);
  return cutSupervision(supervision, Math.max(SLOTS, 2 * deepest));
}

/** The batch whose loss is that of the examples, cut into passes of bounded size. */
export function stepBatch(examples: readonly Example[]): StepBatch {
  const rows = examples.flatMap(({ prompt, supervision }) =>
    cutForPasses(supervision).map((piece) => ({ prompt, supervision: piece })),
  );
  return {
    groups: inGroups(rows, ROWS),
    normalizer: examples.reduce((sum, { supervision }) => sum + supervision.normalizer, 0),
    promptTokens: rows.reduce((sum, { prompt }) => sum + prompt.length, 0),
    answerTokens: rows.reduce((sum, { supervision }) => sum + supervision.nodeCount - 1, 0),
  };
}

/**
 * The batch whose loss is the main one's plus `weight` times the side one's; each keeps its divisor. A
 * main loss that is known stays the one that is reported.
 */
export function jointBatch(main: StepBatch, side: StepBatch, weight: number): StepBatch {
  // What is divided by the main normaliser was divided by its own before.
  const factor = (weight * main.normalizer) / side.normalizer;
  const weighted = ({ prompt, supervision }: Example): Example => ({
    prompt,
    supervision: { ...supervision, weight: supervision.weight.map((w) => w * factor) },
  });
  return {
    ...main,
    groups: [...main.groups, ...side.groups.map((group) => group.map(weighted))],
    promptTokens: main.promptTokens + side.promptTokens,
    answerTokens: main.answerTokens + side.answerTokens,
  };
}
