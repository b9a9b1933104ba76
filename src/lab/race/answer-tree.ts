// The tree of answers as people read it: the branches of a node, the way to it, what the methods say along it.
import { InputError } from '../../core/errors.ts';
import type { RandomStream } from '../../core/random.ts';
import { sampleAnswers } from '../../core/targets/sample-answers.ts';
import type { Trie } from '../../core/targets/trie.ts';
import type { AnswerTokens } from '../events.ts';
import type { Frame, RaceTarget } from './race.ts';

/** A target whose answers have been cut into tokens. */
export interface AnswerTree {
  readonly trie: Trie;
  readonly tokens: AnswerTokens;
  /** [answers] */
  readonly values: readonly string[];
  readonly probabilities: readonly number[];
}

/** One next token after a beginning. */
export interface TreeBranch {
  readonly edge: number;
  /** What the token stands for; empty for the one that ends an answer. */
  readonly text: string;
  /** The node it leads to; null where it ends an answer. */
  readonly child: number | null;
  /** Of the token after the beginning, by the target. */
  readonly target: number;
  /** [models] the same by each model, over its whole vocabulary; null for one that was not looked at. */
  readonly models: readonly (number | null)[];
}

/** @throws InputError for a target of which nobody said how it is cut */
export function answerTree({ trie, tokens, values, probabilities }: RaceTarget): AnswerTree {
  if (trie && tokens) return { trie, tokens, values, probabilities };
  throw new InputError('this race has no tree of answers', 'Run it on the stage.', 'race');
}

const textOf = ({ tokens }: AnswerTree, token: number) =>
  token === tokens.end ? '' : (tokens.texts[token] ?? `#${token}`);

/** In the order of first appearance. @param frames of the models, in the order of `Branch.models` */
export function branchesOf(
  tree: AnswerTree,
  node: number,
  frames: readonly (Frame | null)[],
): TreeBranch[] {
  const { edgeStart, edgeToken, edgeChild, edgeProbability } = tree.trie;
  const count = edgeStart[node + 1]! - edgeStart[node]!;
  return Array.from({ length: count }, (_, i) => {
    const edge = edgeStart[node]! + i;
    const child = edgeChild[edge]!;
    return {
      edge,
      text: textOf(tree, edgeToken[edge]!),
      child: child < 0 ? null : child,
      target: edgeProbability[edge]!,
      models: frames.map((frame) => (frame?.edges ? Math.exp(frame.edges[edge]!) : null)),
    };
  });
}

/** From the first token to the node: the nodes passed, each with its text. The root is not among them. */
export function wayTo(tree: AnswerTree, node: number): { node: number; text: string }[] {
  const way: { node: number; text: string }[] = [];
  for (let at = node; at > 0; at = tree.trie.parent[at]!) {
    way.push({ node: at, text: textOf(tree, tree.trie.token[at]!) });
  }
  return way.reverse();
}

/** The texts of the tokens that an answer is cut into. */
export const piecesOf = (tree: AnswerTree, answer: number): string[] =>
  wayTo(tree, tree.trie.answerNode[answer]!).map(({ text }) => text);

/** The answer whose cuts by two tokenizers differ most in their number; the first of those. */
export function mostDifferentlyCut(one: AnswerTree, other: AnswerTree): number {
  const apart = one.values.map((_, answer) =>
    Math.abs(piecesOf(one, answer).length - piecesOf(other, answer).length),
  );
  return apart.indexOf(Math.max(...apart));
}

/** The edges of an answer's path, the one that ends it among them. */
export function edgesOf({ trie }: AnswerTree, answer: number): number[] {
  const edges = [trie.answerEdge[answer]!];
  for (let node = trie.answerNode[answer]!; node > 0; node = trie.parent[node]!) {
    edges.push(trie.edgeChild.indexOf(node));
  }
  return edges.reverse();
}

/** Where answers part for the first time: about what all of them begin with there is nothing to decide. */
export function firstParting({ trie: { edgeStart, edgeChild } }: AnswerTree): number {
  const onlyChild = (node: number) =>
    edgeStart[node + 1]! - edgeStart[node]! === 1 ? edgeChild[edgeStart[node]!]! : -1;
  let node = 0;
  while (onlyChild(node) > 0) node = onlyChild(node);
  return node;
}

/** What is read so far at a node. */
export const beginning = (tree: AnswerTree, node: number): string =>
  wayTo(tree, node)
    .map(({ text }) => text)
    .join('');

/** One answer by the target's probabilities. */
export const drawAnswer = ({ probabilities }: AnswerTree, random: RandomStream): number =>
  sampleAnswers(probabilities, 1, random)[0]!;

/** What both methods say at one node on the way of a drawn answer. */
export interface Told {
  readonly node: number;
  readonly beginning: string;
  /** Soft targets: every next token with its probability, the likeliest first. */
  readonly soft: readonly { readonly text: string; readonly probability: number }[];
  /** Hard targets: the token that was drawn. */
  readonly hard: string;
}

export function toldAlong(tree: AnswerTree, answer: number): Told[] {
  const nodes = [0, ...wayTo(tree, tree.trie.answerNode[answer]!).map(({ node }) => node)];
  return nodes.map((node, depth) => ({
    node,
    beginning: beginning(tree, node),
    soft: branchesOf(tree, node, [])
      .map(({ text, target }) => ({ text, probability: target }))
      .sort((a, b) => b.probability - a.probability),
    hard: depth + 1 < nodes.length ? textOf(tree, tree.trie.token[nodes[depth + 1]!]!) : '',
  }));
}
