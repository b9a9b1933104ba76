// A document of the corpus: a prompt, and the weighted texts that may follow it, as one trie.
import type { Supervision } from '../../core/targets/supervision.ts';
import type { Example } from '../../model/decoder/pack.ts';

/** Turns text into token ids, without adding special tokens. */
export type Encode = (text: string) => readonly number[];

/** One way to go on after the prompt. */
export interface Branch {
  readonly tokens: readonly number[];
  /** [tokens] weight of predicting each token; 0 for tokens that are only given. */
  readonly weights: readonly number[];
}

interface Node {
  readonly token: number;
  readonly depth: number;
  readonly children: Map<number, Node>;
  readonly targets: Map<number, number>;
}

/**
 * Merges branches into a trie. A node's weight is the summed weight of its targets, its target
 * distribution their share. The last token of a branch is predicted, never fed.
 */
export function buildDocument(prompt: readonly number[], branches: readonly Branch[]): Example {
  const root = newNode(-1, 0);
  for (const { tokens, weights } of branches) {
    let node = root;
    tokens.forEach((token, i) => {
      const weight = weights[i]!;
      if (weight > 0) node.targets.set(token, (node.targets.get(token) ?? 0) + weight);
      if (i + 1 === tokens.length) return;
      let child = node.children.get(token);
      if (!child) {
        child = newNode(token, node.depth + 1);
        node.children.set(token, child);
      }
      node = child;
    });
  }
  return { prompt, supervision: flatten(root) };
}

function newNode(token: number, depth: number): Node {
  return { token, depth, children: new Map(), targets: new Map() };
}

/** Depth-first arrays of a trie of nodes. */
function flatten(root: Node): Supervision {
  const parent: number[] = [];
  const token: number[] = [];
  const depth: number[] = [];
  const weight: number[] = [];
  const targetStart: number[] = [0];
  const targetToken: number[] = [];
  const targetProbability: number[] = [];
  const visit = (node: Node, above: number): void => {
    const index = parent.push(above) - 1;
    token.push(node.token);
    depth.push(node.depth);
    let total = 0;
    for (const value of node.targets.values()) total += value;
    weight.push(total);
    for (const [target, value] of node.targets) {
      targetToken.push(target);
      targetProbability.push(value / total);
    }
    targetStart.push(targetToken.length);
    for (const child of node.children.values()) visit(child, index);
  };
  visit(root, -1);
  return {
    nodeCount: parent.length,
    parent: Int32Array.from(parent),
    token: Int32Array.from(token),
    depth: Int32Array.from(depth),
    weight: Float64Array.from(weight),
    targetStart: Int32Array.from(targetStart),
    targetToken: Int32Array.from(targetToken),
    targetProbability: Float64Array.from(targetProbability),
    normalizer: weight.reduce((sum, value) => sum + value, 0),
  };
}

/** The same document with all loss weights multiplied by `factor`. */
export function emphasise(document: Example, factor: number): Example {
  const { supervision } = document;
  return {
    prompt: document.prompt,
    supervision: {
      ...supervision,
      weight: supervision.weight.map((value) => value * factor),
      normalizer: supervision.normalizer * factor,
    },
  };
}
