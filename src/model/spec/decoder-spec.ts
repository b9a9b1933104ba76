// A decoder-only language model described as data: all that the decoder must know besides weights.

/**
 * The linear maps of a layer that LoRA may adapt; `qkv` and `gateUp` where the checkpoint has these parts
 * in one.
 */
export type Projection = 'qkv' | 'q' | 'k' | 'v' | 'o' | 'gateUp' | 'gate' | 'up' | 'down';

export type Activation = 'silu' | 'gelu_tanh' | 'gelu';

/** Per layer, after attention. */
export type MlpSpec =
  /** `down(activation(gate(x)) * up(x))` */
  | {
      readonly kind: 'gated';
      readonly activation: Activation;
      readonly width: number;
      readonly bias: boolean;
      /** Whether gate and up are one module of the checkpoint, their outputs one after the other. */
      readonly fused?: boolean;
    }
  /** `down(activation(up(x)))` */
  | {
      readonly kind: 'plain';
      readonly activation: Activation;
      readonly width: number;
      readonly bias: boolean;
    }
  | ExpertsSpec;

/** The sum of the `perToken` experts of the largest router logits, each with its share. */
export interface ExpertsSpec {
  readonly kind: 'experts';
  /** Of one expert. */
  readonly width: number;
  readonly experts: number;
  readonly perToken: number;
  /** Whether shares are the softmax over all logits, of which the chosen keep theirs; else over the chosen. */
  readonly sharesOfAll: boolean;
  /**
   * gpt-oss: gate (even columns) is clamped above at `limit`, up (odd columns) to ±limit:
   * `down((up + 1) * gate * sigmoid(alpha * gate))`, all with biases; the experts of a layer lie in one tensor.
   * Without it `down(silu(gate) * up)`, each in tensors of its own.
   */
  readonly clamped?: { readonly limit: number; readonly alpha: number };
  /** Layers with a gated MLP in their place: one expert of another width, whose share is 1. */
  readonly dense?: { readonly layers: readonly number[]; readonly width: number };
}

/** What a layer of a model with experts has; one of them alone is not chosen, but all there is. */
export function expertsIn(
  { experts, width, dense }: ExpertsSpec,
  layer: number,
): { readonly experts: number; readonly width: number; readonly isDense: boolean } {
  const isDense = dense?.layers.includes(layer) ?? false;
  return isDense ? { experts: 1, width: dense!.width, isDense } : { experts, width, isDense };
}

/** Rotary positions. */
export interface RopeSpec {
  /** The base that the frequencies are powers of, before any stretch. */
  readonly theta: number;
  /**
   * [headDim / 2] radians per position, in f32 arithmetic as the reference computes them. Pairs of
   * frequency 0 are left as they are.
   */
  readonly inverseFrequencies: Float32Array;
  /** What takes their place in all of a text that is longer than `from` tokens. */
  readonly long?: { readonly from: number; readonly inverseFrequencies: Float32Array };
  /** What cos and sin are multiplied by. */
  readonly cosSinFactor: number;
}

/** How one layer attends. */
export interface LayerAttention {
  /** Keys seen, the query's own included, counted along the path; null for all. */
  readonly window: number | null;
  /** Index into `ropes`; null where positions are learned. */
  readonly rope: number | null;
}

/**
 * A pre-norm transformer with grouped-query attention. Per layer: `x += o(attention(q(n), k(n), v(n)))`
 * with `n = norm(x)`, then `x += mlp(norm(x))`; at the end `head(norm(x))`. With `postNorms` what is
 * added to x passes a norm of its own first (Gemma). Query head h reads key/value head
 * `floor(h / (heads / kvHeads))`. Rotary pairs are (i, i + headDim / 2).
 *
 * Plain data, safe for `postMessage`.
 */
export interface DecoderSpec {
  /** Hugging Face `model_type`. */
  readonly family: string;
  readonly vocabSize: number;
  /** Size of the residual stream. */
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  readonly kvHeads: number;
  /** Size of one head; `heads * headDim` need not be `width`. */
  readonly headDim: number;
  /** What q·k is multiplied by before the softmax. */
  readonly attentionScale: number;
  /** Scores become `cap * tanh(score / cap)`; null without. */
  readonly attentionSoftCap: number | null;
  /** Logits become `cap * tanh(logit / cap)`; null without. */
  readonly finalSoftCap: number | null;
  /** One learned logit per head that joins the softmax and is dropped from it. */
  readonly sinks: boolean;
  /** `plusOne`: norms multiply by 1 + weight (Gemma). `biased`: they add one, which layer norms may. */
  readonly norm: {
    readonly kind: 'rms' | 'layer';
    readonly eps: number;
    readonly plusOne: boolean;
    readonly biased: boolean;
  };
  /** Whether what enters attention and MLP passes a norm first; OLMo 2 has post norms alone. */
  readonly preNorms: boolean;
  readonly postNorms: boolean;
  /**
   * Attention and MLP one after the other, or side by side: both of the layer's input, normed by each's
   * own norm or (`parallel_shared`) by one.
   */
  readonly branches: 'sequential' | 'parallel' | 'parallel_shared';
  /** The norm that q and k pass before the rotation: over `headDim` (weights shared by all heads), or over all. */
  readonly qkNorm: 'none' | 'heads' | 'whole';
  /** Whether q, k and v are one module of the checkpoint, their outputs one after the other. */
  readonly fusedQkv: boolean;
  /** Whether that module's outputs come head by head, each with its q, k and v (GPT-NeoX). */
  readonly qkvByHead?: boolean;
  /**
   * [headDim] where the checkpoint has each channel of a head of q and k, if the pairs that turn together
   * are not (i, i + headDim / 2) there. They are put in that order when read.
   */
  readonly headOrder?: readonly number[];
  /** Which attention projections have a bias. */
  readonly attentionBias: {
    readonly q: boolean;
    readonly k: boolean;
    readonly v: boolean;
    readonly o: boolean;
  };
  readonly mlp: MlpSpec;
  readonly ropes: readonly RopeSpec[];
  /** [layers] */
  readonly attention: readonly LayerAttention[];
  /** Whether a learned vector per position is added to the embedding. */
  readonly learnedPositions: boolean;
  /** What embeddings are multiplied by; the tied head is not. */
  readonly embeddingScale: number;
  /** What logits are multiplied by. */
  readonly logitScale?: number;
  /** Whether the head adds a bias to the logits. */
  readonly headBias?: boolean;
  /** Whether the head is the transposed embedding. */
  readonly tiedEmbeddings: boolean;
  /** Whether the layers' linear weights are stored [in, out] (GPT-2's Conv1D) rather than [out, in]. */
  readonly transposedLinears: boolean;
  /** The longest sequence the model was made for. */
  readonly maxPositions: number;
  /** Ids that end a text according to the configuration; empty where it names none. */
  readonly endTokens: readonly number[];
  readonly moduleNames: ModuleNames;
}

/**
 * Names of the modules in the checkpoint; `{layer}` stands for the layer index. The weight of a
 * module is `<module>.weight`, its bias `<module>.bias`, and PEFT adapters use the same paths.
 * A family names the parts it has.
 */
export type ModuleNames = Readonly<Partial<Record<ModulePart, string>>>;

export type NormPart =
  | 'attentionNorm'
  | 'postAttentionNorm'
  | 'qNorm'
  | 'kNorm'
  | 'mlpNorm'
  | 'postMlpNorm'
  | 'finalNorm';

export type ModulePart =
  Projection | NormPart | 'embedding' | 'positions' | 'head' | 'sinks' | 'router' | 'experts';

/**
 * The checkpoint's path of a module, e.g. `model.layers.3.self_attn.q_proj`; `layer` where it is per layer.
 * @throws Error if the family has no such part
 */
export function modulePath(spec: DecoderSpec, part: ModulePart, layer = 0): string {
  const name = spec.moduleNames[part];
  if (name === undefined) throw new Error(`${spec.family} has no ${part}`);
  return name.replace('{layer}', String(layer));
}

/** The projections of this model's layers, in the order of use. */
export function projectionsOf(spec: DecoderSpec): readonly Projection[] {
  const attention: Projection[] = spec.fusedQkv ? ['qkv', 'o'] : ['q', 'k', 'v', 'o'];
  switch (spec.mlp.kind) {
    case 'gated':
      return [
        ...attention,
        ...(spec.mlp.fused ? (['gateUp'] as const) : (['gate', 'up'] as const)),
        'down',
      ];
    case 'plain':
      return [...attention, 'up', 'down'];
    case 'experts':
      return attention;
  }
}

/** [output features, input features] of a projection: y = W x. */
export function projectionShape(spec: DecoderSpec, projection: Projection): [number, number] {
  const { width, heads, kvHeads, headDim, mlp } = spec;
  switch (projection) {
    case 'qkv':
      return [(heads + 2 * kvHeads) * headDim, width];
    case 'q':
      return [heads * headDim, width];
    case 'k':
    case 'v':
      return [kvHeads * headDim, width];
    case 'o':
      return [width, heads * headDim];
    case 'gateUp':
      return [2 * mlp.width, width];
    case 'gate':
    case 'up':
      return [mlp.width, width];
    case 'down':
      return [width, mlp.width];
  }
}

/** Whether a projection adds a bias of size [output features]. */
export function hasBias(spec: DecoderSpec, projection: Projection): boolean {
  switch (projection) {
    case 'gateUp':
    case 'gate':
    case 'up':
    case 'down':
      return spec.mlp.kind !== 'experts' && spec.mlp.bias;
    case 'qkv':
      return spec.attentionBias.q;
    default:
      return spec.attentionBias[projection];
  }
}

/** The norms of one layer, in the order of use, with the size of each. */
export function layerNorms(spec: DecoderSpec): readonly (readonly [NormPart, number])[] {
  const { width, heads, kvHeads, headDim, preNorms, qkNorm, postNorms, branches } = spec;
  const whole = qkNorm === 'whole';
  return [
    ...(preNorms ? ([['attentionNorm', width]] as const) : []),
    ...(qkNorm === 'none'
      ? []
      : ([
          ['qNorm', whole ? heads * headDim : headDim],
          ['kNorm', whole ? kvHeads * headDim : headDim],
        ] as const)),
    ...(postNorms ? ([['postAttentionNorm', width]] as const) : []),
    ...(preNorms && branches !== 'parallel_shared' ? ([['mlpNorm', width]] as const) : []),
    ...(postNorms ? ([['postMlpNorm', width]] as const) : []),
  ];
}

/**
 * Every tensor the decoder reads: checkpoint name to shape as stored. Embeddings first, then layer by
 * layer, so that a checkpoint can be loaded in this order.
 */
export function weightShapes(spec: DecoderSpec): Map<string, readonly number[]> {
  const { vocabSize, width, heads, mlp } = spec;
  const shapes = new Map<string, readonly number[]>();
  const norm = (part: NormPart, size: number, layer?: number) => {
    const path = modulePath(spec, part, layer);
    shapes.set(`${path}.weight`, [size]);
    if (spec.norm.biased) shapes.set(`${path}.bias`, [size]);
  };
  const linear = (part: Projection, layer: number) => {
    const path = modulePath(spec, part, layer);
    const [out, inputs] = projectionShape(spec, part);
    shapes.set(`${path}.weight`, spec.transposedLinears ? [inputs, out] : [out, inputs]);
    if (hasBias(spec, part)) shapes.set(`${path}.bias`, [out]);
  };

  shapes.set(`${modulePath(spec, 'embedding')}.weight`, [vocabSize, width]);
  if (spec.learnedPositions) {
    shapes.set(`${modulePath(spec, 'positions')}.weight`, [spec.maxPositions, width]);
  }
  for (let layer = 0; layer < spec.layers; layer++) {
    for (const [part, size] of layerNorms(spec)) norm(part, size, layer);
    for (const part of projectionsOf(spec)) linear(part, layer);
    if (spec.sinks) shapes.set(modulePath(spec, 'sinks', layer), [heads]);
    if (mlp.kind === 'experts') {
      for (const [name, shape] of expertShapes(spec, mlp, layer)) shapes.set(name, shape);
    }
  }
  norm('finalNorm', width);
  if (!spec.tiedEmbeddings) shapes.set(`${modulePath(spec, 'head')}.weight`, [vocabSize, width]);
  if (spec.headBias) shapes.set(`${modulePath(spec, 'head')}.bias`, [vocabSize]);
  return shapes;
}

function expertShapes(
  spec: DecoderSpec,
  mlp: ExpertsSpec,
  layer: number,
): readonly (readonly [string, readonly number[]])[] {
  const { width } = spec;
  const { experts, width: inner, isDense } = expertsIn(mlp, layer);
  const router = isDense ? undefined : modulePath(spec, 'router', layer);
  if (mlp.clamped) {
    const path = modulePath(spec, 'experts', layer);
    return [
      [`${router}.weight`, [experts, width]],
      [`${router}.bias`, [experts]],
      [`${path}.gate_up_proj`, [experts, width, 2 * inner]],
      [`${path}.gate_up_proj_bias`, [experts, 2 * inner]],
      [`${path}.down_proj`, [experts, inner, width]],
      [`${path}.down_proj_bias`, [experts, width]],
    ];
  }
  return [
    ...(router === undefined ? [] : [[`${router}.weight`, [experts, width]] as const]),
    ...Array.from({ length: experts }, (_, index) => {
      const { gate, up, down } = expertPaths(spec, mlp, layer, index);
      return [
        [`${gate}.weight`, [inner, width]] as const,
        [`${up}.weight`, [inner, width]] as const,
        [`${down}.weight`, [width, inner]] as const,
      ];
    }).flat(),
  ];
}

/** The checkpoint's paths of one expert's linear maps, where each has its own; of the MLP in a dense layer. */
export function expertPaths(spec: DecoderSpec, mlp: ExpertsSpec, layer: number, index: number) {
  const { isDense } = expertsIn(mlp, layer);
  const path = (part: 'gate' | 'up' | 'down') =>
    isDense
      ? modulePath(spec, part, layer)
      : `${modulePath(spec, 'experts', layer)}.${index}.${part}_proj`;
  return { gate: path('gate'), up: path('up'), down: path('down') };
}

/**
 * Which of the checkpoint's outputs each output of a projection is in the decoder: q, k and v one after
 * the other, and the channels of a head so that pairs (i, i + headDim / 2) turn together. Undefined where
 * they are in that order already.
 */
export function outputOrder(spec: DecoderSpec, part: Projection): Int32Array | undefined {
  const { heads, kvHeads, headDim, headOrder, qkvByHead } = spec;
  const turned = part === 'q' || part === 'k' || part === 'qkv';
  if (!turned || (headOrder === undefined && !(qkvByHead && part === 'qkv'))) return undefined;
  const counts = { q: [heads], k: [kvHeads], qkv: [heads, kvHeads, kvHeads] }[part];
  const order: number[] = [];
  let first = 0;
  for (const [kind, count] of counts.entries()) {
    for (let head = 0; head < count; head++) {
      const start =
        part === 'qkv' && qkvByHead ? (3 * head + kind) * headDim : first + head * headDim;
      for (let i = 0; i < headDim; i++) order.push(start + (kind < 2 ? (headOrder?.[i] ?? i) : i));
    }
    first += count * headDim;
  }
  return Int32Array.from(order);
}
