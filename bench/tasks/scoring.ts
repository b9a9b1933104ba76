// Exact scores of the built-in model: off the trie, and with a row for every answer.
import { createDistribution } from '../../src/core/distributions/create.ts';
import { exactScores } from '../../src/core/scoring/exact.ts';
import { buildTrie } from '../../src/core/targets/build-trie.ts';
import { possibleAnswers } from '../../src/core/targets/choices.ts';
import { mergePaths } from '../../src/core/targets/merge-paths.ts';
import { outputSpace } from '../../src/core/targets/output-space.ts';
import type { OutputSpace } from '../../src/core/targets/space.ts';
import type { Trie } from '../../src/core/targets/trie.ts';
import { edgeLogProbabilities } from '../../src/evaluation/edge-log-probabilities.ts';
import type { Decoder } from '../../src/model/decoder.ts';
import { loadLanguageModel } from '../../src/model/language-model.ts';
import type { ModelFiles } from '../../src/model/model-files.ts';
import { pack } from '../../src/model/pack.ts';
import type { Tokenizer } from '../../src/model/tokenizer.ts';
import { targetLogProbabilities } from '../../src/tensor/ops/trie-loss/trie-loss.ts';
import * as tf from '../../src/tensor/tf.ts';
import { selectedPrompts } from './selected-prompts.ts';
import type { OpenedTask, ScoringTask } from './task.ts';

/** Answers that pass the model together when each is a row. */
const ROWS = 32;

interface Scored {
  readonly prompt: readonly number[];
  readonly space: OutputSpace;
  readonly trie: Trie;
}

export async function openScoring(task: ScoringTask, builtin: ModelFiles): Promise<OpenedTask> {
  const { decoder, tokenizer } = await loadLanguageModel(builtin);
  const all = selectedPrompts();
  const prompts = task.prompts.map((place) => scoredPrompt(all[place]!, tokenizer));
  const [score, tokensOf] =
    task.method === 'trie' ? [edgeLogProbabilities, trieTokens] : [rowPerAnswer, rowTokens];
  const tokens = prompts.reduce((sum, one) => sum + tokensOf(one), 0);
  return {
    details: () => ({ tokens }),
    async run() {
      let total = 0;
      for (const { prompt, trie, space } of prompts) {
        total += exactScores(trie, space, await score(decoder, prompt, trie)).kl;
      }
      return total / prompts.length;
    },
  };
}

function scoredPrompt(
  { family, parameters, prompt }: ReturnType<typeof selectedPrompts>[number],
  tokenizer: Tokenizer,
): Scored {
  const distribution = createDistribution(family, { ...parameters });
  const space = possibleAnswers(outputSpace(distribution, { decimals: 2, bins: 1001 }));
  const trie = buildTrie(space, (text) => tokenizer.encodeAnswer(text), tokenizer.endToken);
  return { prompt: tokenizer.promptTokens(prompt), space, trie };
}

const trieTokens = ({ prompt, trie }: Scored) => prompt.length + trie.nodeCount - 1;

/** The prompt and the answer's tokens, of which the end token is not fed. */
const rowTokens = ({ prompt, trie }: Scored) =>
  answerPaths(trie).reduce((sum, path) => sum + prompt.length + path.length - 1, 0);

/** As `edgeLogProbabilities`, from every answer on its own. */
async function rowPerAnswer(
  decoder: Decoder,
  prompt: readonly number[],
  trie: Trie,
): Promise<Float64Array> {
  const result = new Float64Array(trie.edgeToken.length);
  const paths = answerPaths(trie);
  for (let first = 0; first < paths.length; first += ROWS) {
    const edges = paths.slice(first, first + ROWS);
    const examples = edges.map((path) => ({
      prompt,
      supervision: mergePaths([{ tokens: path.map((edge) => trie.edgeToken[edge]!) }]),
    }));
    const { batch, targets } = pack(examples);
    const hidden = tf.tidy(() => decoder.forward(batch).hidden);
    const values = await targetLogProbabilities(hidden, decoder.head, targets);
    hidden.dispose();
    edges.flat().forEach((edge, i) => (result[edge] = values[i]!));
  }
  return result;
}

/** [answers][steps] the edges of every answer, the one of its end token last. */
function answerPaths({ edgeChild, answerEdge, answerNode, parent, nodeCount }: Trie): number[][] {
  const incoming = new Int32Array(nodeCount);
  edgeChild.forEach((child, edge) => {
    if (child >= 0) incoming[child] = edge;
  });
  return Array.from(answerEdge, (last, answer) => {
    const path = [last];
    for (let node = answerNode[answer]!; node > 0; node = parent[node]!) path.push(incoming[node]!);
    return path.reverse();
  });
}
