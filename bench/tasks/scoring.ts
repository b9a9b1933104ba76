// Exact scores of the built-in model: off the trie, and with a row for every answer.
import { createDistribution } from '../../src/core/distributions/create.ts';
import { randomStream } from '../../src/core/random.ts';
import { buildTrie } from '../../src/core/targets/build-trie.ts';
import { possibleAnswers } from '../../src/core/targets/choices.ts';
import { outputSpace } from '../../src/core/targets/output-space.ts';
import type { Trie } from '../../src/core/targets/trie.ts';
import { edgeLogProbabilities } from '../../src/evaluation/edge-log-probabilities.ts';
import type { Decoder } from '../../src/model/decoder/decoder.ts';
import { loadLanguageModel } from '../../src/model/language-model.ts';
import type { ModelFiles } from '../../src/model/files/model-files.ts';
import type { Tokenizer } from '../../src/model/tokenizer/tokenizer.ts';
import { edgePaths, rowPerAnswer } from './row-per-answer.ts';
import { selectedPrompts } from './selected-prompts.ts';
import type { OpenedTask, Scored, ScoringTask } from './task.ts';

interface Subject {
  readonly prompt: readonly number[];
  readonly trie: Trie;
  /** [answers][steps] */
  readonly paths: readonly (readonly number[])[];
  /** Those of the drawn answers, in their order: neighbours are alike in length. */
  readonly drawn: readonly (readonly number[])[];
}

export async function openScoring(task: ScoringTask, builtin: ModelFiles): Promise<OpenedTask> {
  const { decoder, tokenizer } = await loadLanguageModel(builtin);
  const all = selectedPrompts();
  const subjects = task.prompts.map((place) => subjectOf(all[place]!, tokenizer, task));
  const drawn = subjects.reduce((sum, subject) => sum + subject.drawn.length, 0);
  let scored: Scored | undefined;
  return {
    details: () => (scored ? { scored } : {}),
    async run() {
      let [total, seconds, tokens, answers] = [0, 0, 0, 0];
      for (const subject of subjects) {
        const began = performance.now();
        const edges = await edgesOf(subject, decoder, task);
        const share = task.method === 'trie' ? 1 : subject.drawn.length / subject.paths.length;
        seconds += (performance.now() - began) / 1000 / share;
        tokens += tokensOf(subject, task);
        answers += subject.paths.length;
        for (const path of subject.drawn) for (const edge of path) total += edges[edge]!;
      }
      scored = { answers, drawn, tokens, seconds };
      return total / drawn;
    },
  };
}

/** What is timed; the scores that follow from it take the same either way. */
function edgesOf(
  { prompt, trie, drawn }: Subject,
  decoder: Decoder,
  { method, rows }: ScoringTask,
): Promise<Float64Array> {
  if (method === 'trie') return edgeLogProbabilities(decoder, prompt, trie);
  return rowPerAnswer(decoder, prompt, trie, drawn, rows);
}

function subjectOf(
  { family, parameters, prompt }: ReturnType<typeof selectedPrompts>[number],
  tokenizer: Tokenizer,
  { answers, seed }: ScoringTask,
): Subject {
  const distribution = createDistribution(family, { ...parameters });
  const space = possibleAnswers(outputSpace(distribution, { decimals: 2, bins: 1001 }));
  const trie = buildTrie(space, (text) => tokenizer.encodeAnswer(text), tokenizer.endToken);
  const paths = edgePaths(trie);
  const order = randomStream(seed, 'answers', prompt).shuffle([...paths.keys()]);
  const drawn = order.slice(0, answers).sort((a, b) => a - b);
  return {
    prompt: tokenizer.promptTokens(prompt),
    ...{ trie, paths },
    drawn: drawn.map((answer) => paths[answer]!),
  };
}

/** Tokens that all answers take; of a row the prompt and the answer, whose end token is not fed. */
function tokensOf({ prompt, trie, paths }: Subject, { method }: ScoringTask): number {
  if (method === 'trie') return prompt.length + trie.nodeCount - 1;
  return paths.reduce((sum, path) => sum + prompt.length + path.length - 1, 0);
}
