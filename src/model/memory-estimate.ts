// Predicts the peak memory of training and scoring on WebGPU before anything is allocated.
import type { DecoderSpec } from './spec/decoder-spec.ts';
import { fusedTensors, groupParts, LINEAR_GROUPS } from './spec/fused-tensors.ts';
import type { LinearGroup } from './spec/fused-tensors.ts';
import { nodesPerPass } from './spec/scoring-pass.ts';
import { projectionShape } from './spec/decoder-spec.ts';
import type { Projection } from './spec/decoder-spec.ts';
import { matrixBytes } from '../tensor/matrix.ts';
import { planPasses } from '../tensor/ops/trie-loss/passes.ts';
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

/** f32 values of a layer: per token, and per row that passes its MLP. */
interface LayerValues {
  readonly attention: number;
  readonly mlp: number;
}

/** What a layer keeps, its input among it. */
function keptValues(spec: DecoderSpec, adapter: AdapterSize): LayerValues {
  const { width, heads, kvHeads, headDim, postNorms, mlp } = spec;
  const [q, kv] = [heads * headDim, 2 * kvHeads * headDim];
  const post = postNorms ? width : 0;
  const lows = (...groups: LinearGroup[]) => adapter.rank * adapted(spec, adapter, groups);
  const inner = mlp.kind === 'experts' ? 0 : (mlp.kind === 'gated' ? 3 : 2) * mlp.width;
  const mixing = q + kv + q + kv + heads + q;
  return {
    attention: 2 * width + mixing + lows('attentionIn', 'attentionOut') + post,
    mlp: 2 * width + inner + lows('mlpIn', 'mlpOut') + post,
  };
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

/** What comes and goes while a layer's backward pass runs. */
function passingValues(spec: DecoderSpec, adapter: AdapterSize): LayerValues {
  const { width, heads, kvHeads, headDim, postNorms, mlp } = spec;
  const [q, kv] = [heads * headDim, 2 * kvHeads * headDim];
  const post = postNorms ? width : 0;
  const inner = mlp.kind === 'experts' ? 4 * mlp.width : (mlp.kind === 'gated' ? 3 : 2) * mlp.width;
  const lows = adapter.targets.length * adapter.rank;
  // The gradients of what enters the layer, of what its attention adds to, of a norm's input each.
  return {
    attention: 3 * width + 2 * q + kv + (q + kv) + lows + post,
    mlp: 2 * width + inner + post,
  };
}

const sum = ({ attention, mlp }: LayerValues): number => attention + mlp;

/** Whether a pass's activations are worth keeping, or are computed again in the backward pass. */
export function keepsActivations(spec: DecoderSpec, tokens: number, adapter: AdapterSize): boolean {
  const perToken = spec.layers * sum(keptValues(spec, adapter));
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
  const bytesOf = ({ attention, mlp }: LayerValues, rows: number) =>
    F32 * (tokens * attention + rows * mlp);
  const ofLayer = keptValues(spec, adapter);
  const keptBy = (rows: number) => (recompute ? F32 * tokens * width : bytesOf(ofLayer, rows));
  const read = rowsOfLastMlp(spec, size, adapter);
  const output = F32 * (recompute ? read : tokens) * width;
  const kept = (layers - 1) * keptBy(tokens) + keptBy(read) + output;
  const again = (rows: number) => (recompute ? bytesOf(ofLayer, rows) : 0);
  const backwardOf = (rows: number) => bytesOf(passingValues(spec, adapter), rows) + again(rows);
  // When another layer's turn has come, what the last one kept is gone.
  const others = layers > 1 ? backwardOf(tokens) - keptBy(read) : 0;
  const hidden = F32 * outputs * width;
  const backward = Math.max(backwardOf(read), others) + 3 * hidden;
  const passing = Math.max(backward, lossBytes(outputs, vocabSize) + 4 * hidden);
  // While the model passes, the gradient is there; when the optimizer runs, the activations are gone.
  const duringPass = 4 * values + kept + passing;
  const updating = 7 * values;
  const total = weights + Math.max(duringPass, updating);
  return { weights, adapter: 4 * values, kept, passing, updating, total };
}

/** Logits of a chunk of the vocabulary, and those of all chunks where they are kept. */
function lossBytes(outputs: number, vocabSize: number): number {
  const { rows, chunk, keeps } = planPasses(outputs, vocabSize, {});
  return F32 * rows * (chunk + (keeps ? vocabSize : 0));
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
  const passing = F32 * tokens * (sum(keptValues(spec, none)) + width);
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
