// Predicts the peak memory of training and scoring on WebGPU before anything is allocated.
import type { DecoderSpec } from './spec/decoder-spec.ts';
import { fusedTensors, groupParts, LINEAR_GROUPS } from './spec/fused-tensors.ts';
import type { LinearGroup } from './spec/fused-tensors.ts';
import { nodesPerPass } from './spec/scoring-pass.ts';
import { projectionShape } from './spec/decoder-spec.ts';
import type { Projection } from './spec/decoder-spec.ts';
import { matrixBytes } from '../tensor/matrix.ts';
import { formLookup, type WeightForms } from './decoder/decoder-weights.ts';
import { isWorthTaking } from './decoder/read-rows.ts';

/** A pass over the model. */
export interface PassSize {
  /** Slots of all rows, padding included. */
  readonly tokens: number;
  /** Positions whose logits are asked for. */
  readonly outputs: number;
}

export interface AdapterSize {
  readonly rank: number;
  readonly targets: readonly Projection[];
}

/** Bytes of everything that is alive at the worst moment. */
export interface TrainingMemory {
  readonly weights: number;
  /** Adapter, gradient and the optimizer's moments, old and new at once. */
  readonly adapter: number;
  /** What the layers keep for the backward pass. */
  readonly kept: number;
  /** The largest of what comes and goes: a layer's backward pass, or the loss. */
  readonly passing: number;
  /** What the optimizer's step takes instead of the last three. */
  readonly updating: number;
  readonly total: number;
}

const F32 = 4;
/** Largest buffer of logits, see `HeadOptions.maxBytes`. */
const LOGITS = 32 * 2 ** 20;
/** Activations that are kept rather than computed again: more would crowd out larger models. */
const KEPT_ACTIVATIONS = 512 * 2 ** 20;

/** Bytes of all weights. Vectors are f32 whatever the forms of the matrices. */
export function weightBytes(spec: DecoderSpec, forms: WeightForms): number {
  const formOf = formLookup(forms);
  return fusedTensors(spec).reduce((sum, { name, kind, rows, columns }) => {
    return sum + (kind === 'vector' ? F32 * columns : matrixBytes(formOf(name), rows, columns));
  }, 0);
}

/** Values of an adapter. */
export function adapterSize(spec: DecoderSpec, { rank, targets }: AdapterSize): number {
  const each = targets.map((part) => projectionShape(spec, part));
  return spec.layers * rank * each.reduce((sum, [out, inputs]) => sum + out + inputs, 0);
}

/** f32 values per token that a layer keeps, its input left out. */
function keptPerToken(spec: DecoderSpec, adapter: AdapterSize): number {
  const { width, heads, kvHeads, headDim, postNorms } = spec;
  const [q, kv] = [heads * headDim, 2 * kvHeads * headDim];
  const attention = width + (q + kv) + q + kv + heads + q;
  const lows = adapted(spec, adapter, ['attentionIn', 'attentionOut']);
  return attention + adapter.rank * lows + (postNorms ? width : 0) + keptByMlp(spec, adapter);
}

/** Those of them that are of its MLP: what enters it, and what is added to it. */
function keptByMlp(spec: DecoderSpec, adapter: AdapterSize): number {
  const { width, postNorms, mlp } = spec;
  const inner = mlp.kind === 'experts' ? 0 : (mlp.kind === 'gated' ? 3 : 2) * mlp.width;
  const lows = adapted(spec, adapter, ['mlpIn', 'mlpOut']);
  return 2 * width + inner + adapter.rank * lows + (postNorms ? width : 0);
}

/** How many projections of some groups the adapter has a branch for. */
const adapted = (spec: DecoderSpec, { targets }: AdapterSize, groups: readonly LinearGroup[]) =>
  groups.flatMap((group) => groupParts(spec, group)).filter((part) => targets.includes(part))
    .length;

/** Rows that pass the last layer's MLP. Of an adapter there it is not known whether it drops: all, then. */
function rowsOfLastMlp(
  spec: DecoderSpec,
  { tokens, outputs }: PassSize,
  adapter: AdapterSize,
): number {
  const mayDrop = adapted(spec, adapter, ['mlpIn', 'mlpOut']) > 0;
  return isWorthTaking(outputs, tokens) && !mayDrop ? outputs : tokens;
}

/** f32 values per token that come and go while a layer's backward pass runs. */
function backwardPerToken(spec: DecoderSpec, adapter: AdapterSize): number {
  const { width, heads, kvHeads, headDim, postNorms, mlp } = spec;
  const [q, kv] = [heads * headDim, 2 * kvHeads * headDim];
  const inner = mlp.kind === 'experts' ? 4 * mlp.width : (mlp.kind === 'gated' ? 3 : 2) * mlp.width;
  const lows = adapter.targets.length * adapter.rank;
  // dy and dx of the layer, of both norms; those of attention.
  return 5 * width + inner + 2 * q + kv + (q + kv) + lows + (postNorms ? 2 * width : 0);
}

/** Whether a pass's activations are worth keeping, or are computed again in the backward pass. */
export function keepsActivations(spec: DecoderSpec, tokens: number, adapter: AdapterSize): boolean {
  const perToken = spec.layers * (keptPerToken(spec, adapter) + spec.width);
  return F32 * tokens * perToken <= KEPT_ACTIVATIONS;
}

export function trainingMemory(
  spec: DecoderSpec,
  size: PassSize,
  adapter: AdapterSize,
  forms: WeightForms,
  recompute = !keepsActivations(spec, size.tokens, adapter),
): TrainingMemory {
  const { tokens, outputs } = size;
  const { width, layers, vocabSize } = spec;
  const weights = weightBytes(spec, forms);
  const values = F32 * adapterSize(spec, adapter);
  const layer = keptPerToken(spec, adapter) + width;
  const perToken = recompute ? (layers + 1) * width : layers * layer + width;
  const unread = tokens - rowsOfLastMlp(spec, size, adapter);
  const kept = F32 * (tokens * perToken - unread * (recompute ? width : keptByMlp(spec, adapter)));
  const again = recompute ? layer : 0;
  const backward = F32 * tokens * (backwardPerToken(spec, adapter) + again);
  const hidden = F32 * outputs * width;
  const loss = 4 * hidden + Math.min(LOGITS, F32 * outputs * vocabSize);
  const passing = Math.max(backward + 3 * hidden, loss);
  // While the model passes, the gradient is there; when the optimizer runs, the activations are gone.
  const duringPass = 4 * values + kept + passing;
  const updating = 7 * values;
  const total = weights + Math.max(duringPass, updating);
  return { weights, adapter: 4 * values, kept, passing, updating, total };
}

/** Peak of exact scoring: keys and values of a prompt and a piece of its trie, and one layer. */
export function scoringMemory(
  spec: DecoderSpec,
  { tokens, outputs }: PassSize,
  cached: number,
  forms: WeightForms,
): number {
  const { layers, kvHeads, headDim, width, vocabSize } = spec;
  const keys = F32 * layers * cached * 2 * kvHeads * headDim;
  const none = { rank: 0, targets: [] };
  const passing = F32 * tokens * (keptPerToken(spec, none) + 2 * width);
  const logits = Math.min(LOGITS, F32 * outputs * vocabSize);
  return weightBytes(spec, forms) + keys + passing + logits + 2 * F32 * outputs * width;
}

/** Sizes of an ordinary step: what a model is judged by before it is downloaded. */
const USUAL = { promptTokens: 64, answerNodes: 64, outputs: 48 } as const;
const USUAL_ADAPTER = { rank: 16 } as const;

/** The adapter, an optimizer step of so many prompts, and a piece of a trie that is scored. */
export function usualSizes(spec: DecoderSpec, batch: number) {
  const targets = ['qkv', 'q', 'k', 'v', 'o'] as const;
  const own = LINEAR_GROUPS.flatMap((group) => groupParts(spec, group));
  const { promptTokens, answerNodes, outputs } = USUAL;
  const piece = nodesPerPass(spec);
  return {
    adapter: { ...USUAL_ADAPTER, targets: targets.filter((part) => own.includes(part)) },
    training: { tokens: batch * (promptTokens + answerNodes), outputs: batch * outputs },
    scoring: {
      pass: { tokens: promptTokens + piece, outputs: piece },
      cached: promptTokens + piece,
    },
  };
}

/** Peaks of training with the usual adapter and of scoring, weights included, in bytes. */
export function estimateMemory(
  spec: DecoderSpec,
  { weights, batch }: { readonly weights: WeightForms; readonly batch: number },
): { training: number; scoring: number } {
  const { adapter, training, scoring } = usualSizes(spec, batch);
  return {
    training: trainingMemory(spec, training, adapter, weights).total,
    scoring: scoringMemory(spec, scoring.pass, scoring.cached, weights),
  };
}
