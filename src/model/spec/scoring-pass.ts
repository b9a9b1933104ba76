// How many nodes of a trie pass the model at once while it is scored.
import type { DecoderSpec } from './decoder-spec.ts';

/** Keys, values and intermediates that exist at once, logits aside, which have a bound of their own. */
const BYTES = 2 ** 24;
/** Smaller passes take more time to start than they save memory; larger ones gain nothing. */
const [LEAST_NODES, MOST_NODES] = [128, 1024];

/** As many nodes as the bytes allow, within the bounds. */
export function nodesPerPass({ layers, kvHeads, headDim, width, mlp }: DecoderSpec): number {
  const floats = layers * 2 * kvHeads * headDim + 4 * width + 3 * mlp.width;
  return Math.max(LEAST_NODES, Math.min(MOST_NODES, Math.floor(BYTES / (4 * floats))));
}
