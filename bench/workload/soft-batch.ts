// The batch of one training step: prompts with soft targets from sampled answers.
import { createDistribution } from '../../src/core/distributions/create.ts';
import { buildSplits } from '../../src/core/prompts/splits.ts';
import { randomStream } from '../../src/core/random.ts';
import type { RandomStream } from '../../src/core/random.ts';
import { buildTrie } from '../../src/core/targets/build-trie.ts';
import { possibleAnswers } from '../../src/core/targets/choices.ts';
import { softTargets } from '../../src/core/targets/node-targets.ts';
import { outputSpace } from '../../src/core/targets/output-space.ts';
import { sampleAnswers } from '../../src/core/targets/sample-answers.ts';
import type { Trie } from '../../src/core/targets/trie.ts';
import type { Example } from '../../src/model/decoder/pack.ts';

/** Plain data. */
export interface BatchSize {
  readonly prompts: number;
  /** Mean length of a prompt. */
  readonly promptTokens: number;
  /** Answers sampled per prompt. */
  readonly paths: number;
}

/**
 * `merged`: a prompt once, then its paths as one trie. `paths`: the reference procedure, a row per
 * path. Both carry the same supervision, so their losses are equal.
 */
export type Layout = 'merged' | 'paths';

export interface SoftBatch {
  /** One row each. */
  readonly examples: readonly Example[];
  /** The loss is the mean over this many paths. */
  readonly normalizer: number;
  readonly promptTokens: number;
  readonly answerTokens: number;
}

const END_TOKEN = 1;
/** Numbers are written with one token per character, as Qwen and SmolLM2 do. */
const CHARACTERS = '0123456789.-';
const FIRST_CHARACTER = 2;
const FIRST_WORD = FIRST_CHARACTER + CHARACTERS.length;

/** Prompts of random words; answers to the paper's training prompts at 2 decimals. */
export function softBatch(
  size: BatchSize,
  vocabSize: number,
  seed: number,
  layout: Layout = 'merged',
): SoftBatch {
  const random = randomStream(seed, 'batch');
  const rows = random.shuffle([...buildSplits().train]).slice(0, size.prompts);
  const examples = rows.flatMap(({ family, parameters }) => {
    const prompt = randomPrompt(size.promptTokens, vocabSize, random);
    const { trie, probabilities } = answersOf(family, parameters);
    const answers = sampleAnswers(probabilities, size.paths, random);
    const groups = layout === 'merged' ? [answers] : Array.from(answers, (answer) => [answer]);
    return groups.map((group) => ({ prompt, supervision: softTargets(trie, group) }));
  });
  const total = (of: (example: Example) => number) => examples.reduce((sum, e) => sum + of(e), 0);
  return {
    examples,
    normalizer: total(({ supervision }) => supervision.normalizer),
    promptTokens: total(({ prompt }) => prompt.length),
    answerTokens: total(({ supervision }) => supervision.nodeCount - 1),
  };
}

/** A prompt of random words, and the tokens of all answers of Beta(2, 5) at 2 decimals, the end token included. */
export function scoredPrompt(promptTokens: number, vocabSize: number, seed: number) {
  const space = outputSpace(createDistribution('beta', { alpha: 2, beta: 5 }));
  return {
    prompt: randomPrompt(promptTokens, vocabSize, randomStream(seed, 'scored prompt')),
    answers: possibleAnswers(space).values.map((text) => [...encoded(text), END_TOKEN]),
  };
}

/** A tenth shorter to a tenth longer than asked for. */
function randomPrompt(tokens: number, vocabSize: number, random: RandomStream): number[] {
  const slack = Math.floor(tokens / 10);
  const length = Math.max(1, tokens - slack + random.integer(2 * slack + 1));
  return Array.from({ length }, () => FIRST_WORD + random.integer(vocabSize - FIRST_WORD));
}

function answersOf(
  family: string,
  parameters: Readonly<Record<string, number>>,
): { trie: Trie; probabilities: Float64Array } {
  const space = possibleAnswers(outputSpace(createDistribution(family, { ...parameters })));
  return { trie: buildTrie(space, encoded, END_TOKEN), probabilities: space.probabilities };
}

const encoded = (text: string) =>
  [...text].map((character) => FIRST_CHARACTER + CHARACTERS.indexOf(character));
