// Cuts tries that are too large for one pass into pieces that repeat the ancestors they need.
import type { Supervision } from './supervision.ts';
import type { Trie } from './trie.ts';

/** Part of a trie that can be run on its own after the prompt. */
export interface TriePiece {
  readonly nodeCount: number;
  /** [nodes] which node of the whole trie this is; the root first, then depth-first. */
  readonly node: Int32Array;
  /** [nodes] within the piece; -1 for the root. */
  readonly parent: Int32Array;
  readonly token: Int32Array;
  readonly depth: Int32Array;
  /** [nodes] 1 where an earlier piece has the node already: it is here for its descendants only. */
  readonly repeated: Uint8Array;
}

type Shape = Pick<Trie, 'nodeCount' | 'parent' | 'token' | 'depth'>;

/**
 * Pieces of at most `maxSlots` nodes besides the root, together covering every node once, plus the
 * repeated ancestors. Throws Error if `maxSlots` is less than the trie's depth.
 */
export function cutTrie(trie: Shape, maxSlots: number): TriePiece[] {
  const pieces: TriePiece[] = [];
  for (let first = 1; first < trie.nodeCount || pieces.length === 0;) {
    const ancestors: number[] = [];
    if (first < trie.nodeCount) {
      for (let up = trie.parent[first]!; up > 0; up = trie.parent[up]!) ancestors.push(up);
      ancestors.push(0);
      ancestors.reverse();
    } else ancestors.push(0); // a trie that is only a root
    const room = maxSlots - (ancestors.length - 1);
    if (room < 1) {
      throw new Error(`pieces of ${maxSlots} nodes cannot hold a trie ${ancestors.length} deep`);
    }
    // Depth-first order: the parent of each next node is an ancestor of the first, or among them.
    const end = Math.min(trie.nodeCount, first + room);
    pieces.push(piece(trie, ancestors, first, end, pieces.length === 0));
    first = end;
  }
  return pieces;
}

function piece(
  trie: Shape,
  ancestors: readonly number[],
  first: number,
  end: number,
  ownsRoot: boolean,
): TriePiece {
  const node = Int32Array.from({ length: ancestors.length + end - first }, (_, i) =>
    i < ancestors.length ? ancestors[i]! : first + i - ancestors.length,
  );
  const slot = new Map<number, number>();
  node.forEach((id, i) => slot.set(id, i));
  return {
    nodeCount: node.length,
    node,
    parent: node.map((id) => (id === 0 ? -1 : slot.get(trie.parent[id]!)!)),
    token: node.map((id) => trie.token[id]!),
    depth: node.map((id) => trie.depth[id]!),
    repeated: Uint8Array.from(node, (id, i) =>
      i < ancestors.length && !(id === 0 && ownsRoot) ? 1 : 0,
    ),
  };
}

/**
 * Supervisions of at most `maxSlots` nodes besides the root whose weighted losses sum to that of
 * the whole: repeated ancestors weigh nothing, and the first piece carries the normaliser.
 */
export function cutSupervision(supervision: Supervision, maxSlots: number): Supervision[] {
  if (supervision.nodeCount - 1 <= maxSlots) return [supervision];
  const { weight, targetStart, targetToken, targetProbability } = supervision;
  return cutTrie(supervision, maxSlots).map((part, i) => {
    const tokens: number[] = [];
    const probabilities: number[] = [];
    const starts = [0];
    part.node.forEach((node, slot) => {
      if (!part.repeated[slot]) {
        for (let t = targetStart[node]!; t < targetStart[node + 1]!; t++) {
          tokens.push(targetToken[t]!);
          probabilities.push(targetProbability[t]!);
        }
      }
      starts.push(tokens.length);
    });
    return {
      nodeCount: part.nodeCount,
      parent: part.parent,
      token: part.token,
      depth: part.depth,
      weight: Float64Array.from(part.node, (node, slot) =>
        part.repeated[slot] ? 0 : weight[node]!,
      ),
      targetStart: Int32Array.from(starts),
      targetToken: Int32Array.from(tokens),
      targetProbability: Float64Array.from(probabilities),
      normalizer: i === 0 ? supervision.normalizer : 0,
    };
  });
}
