// A decoder-only language model described as data: all that the decoder must know besides weights.

/** The seven linear maps of a layer; those are what LoRA may adapt. */
export type Projection = 'q' | 'k' | 'v' | 'o' | 'gate' | 'up' | 'down';

/** In the order they are used in a layer. */
export const PROJECTIONS: readonly Projection[] = ['q', 'k', 'v', 'o', 'gate', 'up', 'down'];

/**
 * A pre-norm transformer with rotary positions and grouped-query attention. Per layer:
 * `x += o(attention(q(n), k(n), v(n)))` with `n = norm(x)`, then
 * `x += down(activation(gate(m)) * up(m))` with `m = norm(x)`; at the end `head(norm(x))`.
 * Query head h reads key/value head `floor(h / (heads / kvHeads))`. Rotary pairs are (i, i + headDim / 2).
 *
 * Plain data, safe for `postMessage`. A family with other parts widens the union of the part
 * (`norm.kind`, `mlp.activation`) or adds a field, so that the compiler finds every reader.
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
  readonly norm: { readonly kind: 'rms'; readonly eps: number };
  /** Whether q and k pass a norm over `headDim` (weights shared by all heads) before the rotation. */
  readonly qkNorm: boolean;
  /** Which attention projections have a bias. */
  readonly attentionBias: {
    readonly q: boolean;
    readonly k: boolean;
    readonly v: boolean;
    readonly o: boolean;
  };
  readonly mlp: { readonly activation: 'silu'; readonly width: number; readonly bias: boolean };
  readonly rope: {
    /** [headDim / 2] radians per position, in f32 arithmetic as the reference computes them. */
    readonly inverseFrequencies: Float32Array;
    /** What cos and sin are multiplied by. */
    readonly cosSinFactor: number;
  };
  /** Whether the head is the transposed embedding. */
  readonly tiedEmbeddings: boolean;
  /** The longest sequence the model was made for. */
  readonly maxPositions: number;
  /** Ids that end a text according to the configuration; empty where it names none. */
  readonly endTokens: readonly number[];
  readonly moduleNames: ModuleNames;
}

/**
 * Names of the modules in the checkpoint; `{layer}` stands for the layer index. The weight of a
 * module is `<module>.weight`, its bias `<module>.bias`, and PEFT adapters use the same paths.
 */
export type ModuleNames = Readonly<Record<ModulePart, string>>;

export type ModulePart =
  Projection | 'embedding' | 'attentionNorm' | 'qNorm' | 'kNorm' | 'mlpNorm' | 'finalNorm' | 'head';

/** The checkpoint's path of a module, e.g. `model.layers.3.self_attn.q_proj`; `layer` where it is per layer. */
export function modulePath(spec: DecoderSpec, part: ModulePart, layer = 0): string {
  return spec.moduleNames[part].replace('{layer}', String(layer));
}

/** [output features, input features] of a projection's weight, as stored: y = W x. */
export function projectionShape(spec: DecoderSpec, projection: Projection): [number, number] {
  const { width, heads, kvHeads, headDim, mlp } = spec;
  switch (projection) {
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
      return spec.mlp.bias;
    default:
      return spec.attentionBias[projection];
  }
}

/** Every tensor the decoder reads: checkpoint name to shape, in the order of use. */
export function weightShapes(spec: DecoderSpec): Map<string, readonly number[]> {
  const shapes = new Map<string, readonly number[]>();
  const norm = (part: ModulePart, size: number, layer?: number) =>
    shapes.set(`${modulePath(spec, part, layer)}.weight`, [size]);
  const linear = (part: Projection, layer: number) => {
    const path = modulePath(spec, part, layer);
    const shape = projectionShape(spec, part);
    shapes.set(`${path}.weight`, shape);
    if (hasBias(spec, part)) shapes.set(`${path}.bias`, [shape[0]]);
  };

  shapes.set(`${modulePath(spec, 'embedding')}.weight`, [spec.vocabSize, spec.width]);
  for (let layer = 0; layer < spec.layers; layer++) {
    norm('attentionNorm', spec.width, layer);
    for (const part of ['q', 'k', 'v'] as const) linear(part, layer);
    if (spec.qkNorm) {
      norm('qNorm', spec.headDim, layer);
      norm('kNorm', spec.headDim, layer);
    }
    linear('o', layer);
    norm('mlpNorm', spec.width, layer);
    for (const part of ['gate', 'up', 'down'] as const) linear(part, layer);
  }
  norm('finalNorm', spec.width);
  if (!spec.tiedEmbeddings) {
    shapes.set(`${modulePath(spec, 'head')}.weight`, [spec.vocabSize, spec.width]);
  }
  return shapes;
}
