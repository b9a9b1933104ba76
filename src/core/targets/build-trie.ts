// Builds the trie of a distribution's answers for one tokenizer.
import { InputError } from '../errors.ts';
import { flattenPaths, growTrie, type Growth } from './grow.ts';
import type { OutputSpace } from './space.ts';
import type { Trie } from './trie.ts';

/** Tokens of all answers together: more and the arrays of their trie take more than a gigabyte. */
const MOST_TOKENS = 2 ** 24;

/**
 * The trie of every answer's tokens followed by `endToken`. `encode` tokenizes one canonical text
 * on its own, without special tokens. Probabilities are those of the paper's code: the mass of a
 * child over the mass of its parent, summed in the order of the answers.
 * Throws InputError where the answers are too long together, where one has no tokens, contains the end
 * token, shares all its tokens with another answer, or where a prefix has no probability (the reference divides by zero there).
 * @example
 * import { buildTrie, choiceSpace } from 'calibration-lab/tries';
 *
 * const space = choiceSpace([{ value: '12', weight: 1 }, { value: '15', weight: 3 }]);
 * const trie = buildTrie(space, (text) => [...text].map(Number), 10);
 * trie.nodeCount; // => 4
 * trie.edgeToken; // => [1,2,5,10,10]
 * trie.edgeProbability; // => [1,0.25,0.75,1,1]
 */
export function buildTrie(
  space: Pick<OutputSpace, 'values' | 'probabilities'>,
  encode: (text: string) => readonly number[],
  endToken: number,
): Trie {
  const { values, probabilities } = space;
  let total = 0;
  const { tokens, starts } = flattenPaths(
    values.map((value) => {
      const ids = encode(value);
      if (ids.length === 0 || ids.includes(endToken)) {
        throw new InputError(
          `the tokenizer has ${ids.length === 0 ? 'no tokens' : 'the end token'} for ${JSON.stringify(value)}`,
          'use another answer or another tokenizer',
          'tokenizer',
        );
      }
      total += ids.length + 1;
      if (total > MOST_TOKENS) throw tooLong(values.length);
      return ids;
    }),
    endToken,
  );
  const growth = growTrie(tokens, starts);
  const { answerEdge, edgeAnswer } = completions(growth, starts, values);

  const edgeMass = new Float64Array(growth.edgeToken.length);
  for (let answer = 0; answer < values.length; answer++) {
    const p = probabilities[answer]!;
    for (let i = starts[answer]!; i < starts[answer + 1]!; i++) {
      edgeMass[growth.stepEdge[i]!]! += p;
    }
  }

  const { nodeCount, parent, token, depth, edgeStart, edgeToken, edgeChild } = growth;
  const mass = new Float64Array(nodeCount);
  const edgeProbability = new Float64Array(edgeMass.length);
  const answerNode = new Int32Array(values.length);
  mass[0] = probabilities.reduce((sum, p) => sum + p, 0);
  for (let node = 0; node < nodeCount; node++) {
    if (!(mass[node]! > 0)) throw impossiblePrefix(growth, edgeAnswer, values, node);
    for (let edge = edgeStart[node]!; edge < edgeStart[node + 1]!; edge++) {
      edgeProbability[edge] = edgeMass[edge]! / mass[node]!;
      if (edgeChild[edge]! >= 0) mass[edgeChild[edge]!] = edgeMass[edge]!;
      else answerNode[edgeAnswer[edge]!] = node;
    }
  }
  return {
    nodeCount,
    parent,
    token,
    depth,
    mass,
    edgeStart,
    edgeToken,
    edgeProbability,
    edgeChild,
    edgeAnswer,
    answerEdge,
    answerNode,
  };
}

function tooLong(answers: number): InputError {
  return new InputError(
    `the ${answers} answers have more than ${MOST_TOKENS} tokens together`,
    'give fewer or shorter answers, or fewer bins',
    'answers',
  );
}

/** Which edge completes which answer; every answer must have an edge of its own. */
function completions(
  { edgeChild, stepEdge }: Growth,
  starts: Int32Array,
  values: readonly string[],
) {
  const edgeAnswer = new Int32Array(edgeChild.length).fill(-1);
  const answerEdge = new Int32Array(values.length);
  for (let answer = 0; answer < values.length; answer++) {
    const edge = stepEdge[starts[answer + 1]! - 1]!;
    if (edgeAnswer[edge]! >= 0) {
      throw new InputError(
        `the tokenizer writes ${JSON.stringify(values[edgeAnswer[edge]!])} and ${JSON.stringify(values[answer])} with the same tokens`,
        'use answers that the tokenizer can tell apart',
        'tokenizer',
      );
    }
    edgeAnswer[edge] = answer;
    answerEdge[answer] = edge;
  }
  return { edgeAnswer, answerEdge };
}

function impossiblePrefix(
  { edgeStart, edgeChild }: Growth,
  edgeAnswer: Int32Array,
  values: readonly string[],
  node: number,
): InputError {
  let edge = edgeStart[node]!;
  while (edgeChild[edge]! >= 0) edge = edgeStart[edgeChild[edge]!]!;
  return new InputError(
    `no answer that starts like ${JSON.stringify(values[edgeAnswer[edge]!])} has any probability`,
    'leave impossible answers out',
    'probabilities',
  );
}
