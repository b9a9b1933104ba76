// A decoder-only language model described as data: all that the decoder must know besides weights.

/** The linear maps of a layer that LoRA may adapt; `qkv` where the checkpoint has q, k and v in one. */
export type Projection = 'qkv' | 'q' | 'k' | 'v' | 'o' | 'gate' | 'up' | 'down';

export type Activation = 'silu' | 'gelu_tanh';

/** Per layer, after attention. */
export type MlpSpec =
  /** `down(activation(gate(x)) * up(x))` */
  | {
      readonly kind: 'gated';
      readonly activation: Activation;
      readonly width: number;
      readonly bias: boolean;
    }
  /** `down(activation(up(x)))` */
  | {
      readonly kind: 'plain';
      readonly activation: Activation;
      readonly width: number;
      readonly bias: boolean;
    }
  /**
   * gpt-oss: the `perToken` experts of the largest router logits, weighted by the softmax of those.
   * An expert's gate (even columns) is clamped above at `limit`, its up (odd columns) to ±limit:
   * `down((up + 1) * gate * sigmoid(alpha * gate))`.
   */
  | {
      readonly kind: 'experts';
      readonly width: number;
      readonly experts: number;
      readonly perToken: number;
      readonly limit: number;
      readonly alpha: number;
    };

/** Rotary positions. */
export interface RopeSpec {
  /** [headDim / 2] radians per position, in f32 arithmetic as the reference computes them. */
  readonly inverseFrequencies: Float32Array;
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
  /** `plusOne`: norms multiply by 1 + weight (Gemma). Layer norms have a bias. */
  readonly norm: {
    readonly kind: 'rms' | 'layer';
    readonly eps: number;
    readonly plusOne: boolean;
  };
  readonly postNorms: boolean;
  /** Whether q and k pass a norm over `headDim` (weights shared by all heads) before the rotation. */
  readonly qkNorm: boolean;
  /** Whether q, k and v are one module of the checkpoint, their outputs one after the other. */
  readonly fusedQkv: boolean;
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
      return [...attention, 'gate', 'up', 'down'];
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
  const { width, headDim, qkNorm, postNorms } = spec;
  return [
    ['attentionNorm', width],
    ...(qkNorm
      ? ([
          ['qNorm', headDim],
          ['kNorm', headDim],
        ] as const)
      : []),
    ...(postNorms ? ([['postAttentionNorm', width]] as const) : []),
    ['mlpNorm', width],
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
    if (spec.norm.kind === 'layer') shapes.set(`${path}.bias`, [size]);
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
      const { experts } = mlp;
      const router = modulePath(spec, 'router', layer);
      const path = modulePath(spec, 'experts', layer);
      shapes.set(`${router}.weight`, [experts, width]);
      shapes.set(`${router}.bias`, [experts]);
      shapes.set(`${path}.gate_up_proj`, [experts, width, 2 * mlp.width]);
      shapes.set(`${path}.gate_up_proj_bias`, [experts, 2 * mlp.width]);
      shapes.set(`${path}.down_proj`, [experts, mlp.width, width]);
      shapes.set(`${path}.down_proj_bias`, [experts, width]);
    }
  }
  norm('finalNorm', width);
  if (!spec.tiedEmbeddings) shapes.set(`${modulePath(spec, 'head')}.weight`, [vocabSize, width]);
  return shapes;
}
