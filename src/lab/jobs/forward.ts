// The job `forward`: logits at every position of sequences and at every node of tries.
import * as v from 'valibot';
import { cutTrie } from '../../core/targets/cut.ts';
import type { TriePiece } from '../../core/targets/cut.ts';
import { flattenPaths, growTrie } from '../../core/targets/grow.ts';
import type { Growth } from '../../core/targets/grow.ts';
import { nodePrefix } from '../../core/targets/prefix-targets.ts';
import type { Supervision } from '../../core/targets/supervision.ts';
import { logitRows } from '../../evaluation/logits.ts';
import { pack } from '../../model/decoder/pack.ts';
import { tensorsAreInHostMemory } from '../../tensor/host-kernel.ts';
import * as tf from '../../tensor/tf.ts';
import type { AdaptedModel } from './adapted-model.ts';
import { checkInput, tokenIds } from './input-schema.ts';

const schema = (vocabSize: number) => {
  const ids = tokenIds(vocabSize);
  const trie = v.object({ prompt: ids, paths: v.array(ids, 'a list of paths') }, 'a trie');
  return v.pipe(
    v.object(
      {
        sequences: v.optional(v.array(ids, 'a list of sequences')),
        tries: v.optional(v.array(trie, 'a list of {"prompt","paths"}')),
      },
      'an object with "sequences", "tries" or both',
    ),
    v.check(
      ({ sequences, tries }) => sequences !== undefined || tries !== undefined,
      'an object with "sequences", "tries" or both',
    ),
  );
};

/** First of all: which tensors will come, and the prefix that each row of each trie stands for. */
export interface LayoutEvent {
  readonly type: 'layout';
  /** `sequence.I.logits` [tokens, vocab], `trie.I.logits` [nodes, vocab]. */
  readonly tensors: readonly { readonly name: string; readonly shape: [number, number] }[];
  /** [tries][nodes] tokens after the prompt. */
  readonly prefixes: readonly (readonly (readonly number[])[])[];
}

/** Some rows of one of the tensors, in any order. */
export interface RowsEvent {
  readonly type: 'rows';
  readonly tensor: string;
  readonly first: number;
  readonly values: Float32Array<ArrayBuffer>;
}

export type ForwardEvent = LayoutEvent | RowsEvent;

/** Nodes per pass: bounds the attention mask. */
const SLOTS = 256;

/** A prompt and the trie of all prefixes of the paths, whole paths included. */
interface Tree {
  readonly name: string;
  readonly prompt: readonly number[];
  readonly growth: Growth;
}

/**
 * A trie's rows are the last prompt position, then the distinct prefixes of its paths, depth first,
 * by first appearance.
 * @throws InputError naming the field: no tokens, or ids out of the vocabulary
 */
export async function* forward(
  model: AdaptedModel,
  untrusted: unknown,
  signal?: AbortSignal,
): AsyncGenerator<ForwardEvent> {
  const { vocabSize } = model.decoder.spec;
  const { sequences = [], tries = [] } = checkInput(schema(vocabSize), untrusted);
  const tree = (name: string, prompt: readonly number[], paths: readonly number[][]): Tree => {
    // Nodes are proper prefixes: with one more step, which is no token, the paths are among them.
    const { tokens, starts } = flattenPaths(paths, vocabSize);
    return { name, prompt, growth: growTrie(tokens, starts) };
  };
  const trees = [
    // A sequence is its first token and one path, so that every position is a node.
    ...sequences.map(([first, ...rest], i) => tree(`sequence.${i}.logits`, [first!], [rest])),
    ...tries.map(({ prompt, paths }, i) => tree(`trie.${i}.logits`, prompt, paths)),
  ];

  yield {
    type: 'layout',
    tensors: trees.map(({ name, growth }) => ({ name, shape: [growth.nodeCount, vocabSize] })),
    prefixes: trees.slice(sequences.length).map(({ growth }) => prefixes(growth)),
  };
  for (const { name, prompt, growth } of trees) {
    const deepest = growth.depth.reduce((a, b) => Math.max(a, b), 0);
    for (const piece of cutTrie(growth, Math.max(SLOTS, 2 * deepest))) {
      signal?.throwIfAborted();
      yield* pieceRows(model, name, prompt, piece);
    }
  }
}

function prefixes(growth: Growth): number[][] {
  return Array.from({ length: growth.nodeCount }, (_, node) => nodePrefix(growth, node));
}

async function* pieceRows(
  { decoder, adapter }: AdaptedModel,
  tensor: string,
  prompt: readonly number[],
  piece: TriePiece,
): AsyncGenerator<RowsEvent> {
  const hidden = tf.tidy(() => {
    const examples = [{ prompt, supervision: everyNode(piece) }];
    const { batch } = pack(examples, 1, !tensorsAreInHostMemory());
    return decoder.forward(batch, adapter ? { adapter } : {}).hidden;
  });
  try {
    // The nodes that a piece owns follow each other in the whole trie.
    const owned = piece.node[piece.repeated.indexOf(0)]!;
    for await (const { first, values } of logitRows(
      hidden,
      decoder.head,
      decoder.spec.finalSoftCap,
    )) {
      yield { type: 'rows', tensor, first: owned + first, values };
    }
  } finally {
    hidden.dispose();
  }
}

/** Asks for the hidden states of the nodes that a piece owns; there is nothing to be predicted. */
function everyNode(piece: TriePiece): Supervision {
  return {
    nodeCount: piece.nodeCount,
    parent: piece.parent,
    token: piece.token,
    depth: piece.depth,
    weight: Float64Array.from(piece.repeated, (repeated) => 1 - repeated),
    targetStart: new Int32Array(piece.nodeCount + 1),
    targetToken: new Int32Array(0),
    targetProbability: new Float64Array(0),
    normalizer: 1,
  };
}
