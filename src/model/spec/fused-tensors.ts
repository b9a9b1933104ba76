// Which tensors of a checkpoint make up each tensor that the decoder works with.
import {
  expertPaths,
  expertsIn,
  hasBias,
  layerNorms,
  modulePath,
  outputOrder,
  projectionShape,
  projectionsOf,
} from './decoder-spec.ts';
import type { DecoderSpec, ExpertsSpec, NormPart, Projection } from './decoder-spec.ts';

/** Projections that read the same input are one matrix: one product instead of several. */
export type LinearGroup = 'attentionIn' | 'attentionOut' | 'mlpIn' | 'mlpOut';

const GROUPS: Readonly<Record<LinearGroup, readonly Projection[]>> = {
  attentionIn: ['qkv', 'q', 'k', 'v'],
  attentionOut: ['o'],
  mlpIn: ['gateUp', 'gate', 'up'],
  mlpOut: ['down'],
};

/** In the order of use. */
export const LINEAR_GROUPS = Object.keys(GROUPS) as LinearGroup[];

/** The projections of a group in this model, in the order of their rows; none if it has no such group. */
export function groupParts(spec: DecoderSpec, group: LinearGroup): readonly Projection[] {
  const own = projectionsOf(spec);
  return GROUPS[group].filter((part) => own.includes(part));
}

/** A tensor of the decoder and where its values come from. */
export interface FusedTensor {
  /** The decoder's own name, e.g. `layers.3.attentionIn.weight`. */
  readonly name: string;
  /** Matrices may be kept in a packed format; vectors are always f32. */
  readonly kind: 'matrix' | 'vector';
  /** [rows, columns]; a vector has one row. */
  readonly rows: number;
  readonly columns: number;
  readonly sources: readonly FusedSource[];
}

export interface FusedSource {
  /** Name in the checkpoint. */
  readonly name: string;
  /** The rows of the fused tensor that it fills; in a vector the columns. */
  readonly first: number;
  readonly count: number;
  /** Stored [columns, rows]. */
  readonly transposed: boolean;
  /** Index along a leading axis of the stored tensor: which expert. */
  readonly slice?: number;
  /** The stored row of each; those of the file in their order where it is left out. */
  readonly order?: Int32Array;
  /** What the values are multiplied by. */
  readonly scale?: number;
  /** Columns that are filled, from the first; all if left out. */
  readonly width?: number;
  /** The one column that is filled, by a stored vector. */
  readonly column?: number;
}

/** Whether a source fills whole rows with whole rows of its file, values as they are. */
export const movesWholeRows = ({ transposed, scale, width, column }: FusedSource): boolean =>
  !transposed && [scale, width, column].every((change) => change === undefined);

/** All tensors of the decoder, in an order in which a checkpoint can be loaded. */
export function fusedTensors(spec: DecoderSpec): FusedTensor[] {
  const { width, vocabSize } = spec;
  const whole = (name: string, part: string, rows: number): FusedTensor => ({
    name,
    kind: 'matrix',
    rows,
    columns: width,
    sources: [{ name: part, first: 0, count: rows, transposed: false }],
  });
  return [
    whole('embedding.weight', `${modulePath(spec, 'embedding')}.weight`, vocabSize),
    ...(spec.learnedPositions
      ? [whole('positions.weight', `${modulePath(spec, 'positions')}.weight`, spec.maxPositions)]
      : []),
    ...Array.from({ length: spec.layers }, (_, layer) => layerTensors(spec, layer)).flat(),
    ...normTensors(spec, 'finalNorm', width).map((tensor) => scaled(tensor, spec.logitScale)),
    ...(spec.tiedEmbeddings
      ? []
      : [headTensor(spec, whole('head.weight', `${modulePath(spec, 'head')}.weight`, vocabSize))]),
  ];
}

/** Columns that a head with a bias has beyond those of the hidden states: the bias, and zeros up to a block. */
export const BIAS_COLUMNS = 32;

/** A bias of the head is one more column of it, for hidden states that end in a one. */
function headTensor(spec: DecoderSpec, head: FusedTensor): FusedTensor {
  if (!spec.headBias) return head;
  const bias = { ...source(`${modulePath(spec, 'head')}.bias`, 0, head.rows), column: spec.width };
  const weight = head.sources.map((each) => ({ ...each, width: spec.width }));
  return { ...head, columns: head.columns + BIAS_COLUMNS, sources: [...weight, bias] };
}

/** Logits are linear in what the final norm writes, so that their scale is its weights'. */
function scaled(tensor: FusedTensor, scale = 1): FusedTensor {
  if (scale === 1) return tensor;
  return { ...tensor, sources: tensor.sources.map((each) => ({ ...each, scale })) };
}

/** The decoder's own name of something in a layer. */
export const layerName = (layer: number, part: string) => `layers.${layer}.${part}`;

function layerTensors(spec: DecoderSpec, layer: number): FusedTensor[] {
  return [
    ...layerNorms(spec).flatMap(([part, size]) => normTensors(spec, part, size, layer)),
    ...LINEAR_GROUPS.flatMap((group) => groupTensors(spec, group, layer)),
    ...(spec.sinks
      ? [vector(layerName(layer, 'sinks'), modulePath(spec, 'sinks', layer), spec.heads)]
      : []),
    ...expertTensors(spec, layer),
  ];
}

function normTensors(spec: DecoderSpec, part: NormPart, size: number, layer?: number) {
  const name = layer === undefined ? part : layerName(layer, part);
  const path = modulePath(spec, part, layer);
  const kinds = spec.norm.biased ? ['weight', 'bias'] : ['weight'];
  return kinds.map((kind) => vector(`${name}.${kind}`, `${path}.${kind}`, size));
}

function groupTensors(spec: DecoderSpec, group: LinearGroup, layer: number): FusedTensor[] {
  const parts = groupParts(spec, group);
  if (parts.length === 0) return [];
  const sizes = parts.map((part) => projectionShape(spec, part));
  const firsts = sizes.map((_, i) => sum(sizes.slice(0, i).map(([out]) => out)));
  const weight: FusedTensor = {
    name: layerName(layer, `${group}.weight`),
    kind: 'matrix',
    rows: sum(sizes.map(([out]) => out)),
    columns: sizes[0]![1],
    sources: parts.map((part, i) => ({
      name: `${modulePath(spec, part, layer)}.weight`,
      first: firsts[i]!,
      count: sizes[i]![0],
      transposed: spec.transposedLinears,
      ...ordered(spec, part),
    })),
  };
  if (!parts.some((part) => hasBias(spec, part))) return [weight];
  const bias: FusedTensor = {
    name: layerName(layer, `${group}.bias`),
    kind: 'vector',
    rows: 1,
    columns: weight.rows,
    // Where only some parts have a bias the others' stays 0.
    sources: parts.flatMap((part, i) =>
      hasBias(spec, part)
        ? [
            {
              ...source(`${modulePath(spec, part, layer)}.bias`, firsts[i]!, sizes[i]![0]),
              ...ordered(spec, part),
            },
          ]
        : [],
    ),
  };
  return [weight, bias];
}

/** The decoder has experts one by one, gate and up of each in one matrix. */
function expertTensors(spec: DecoderSpec, layer: number): FusedTensor[] {
  const { mlp, width } = spec;
  if (mlp.kind !== 'experts') return [];
  if (mlp.clamped) return stackedExperts(spec, mlp, layer);
  const { experts, width: inner, isDense } = expertsIn(mlp, layer);
  const matrix = (
    part: string,
    rows: number,
    columns: number,
    ...paths: readonly string[]
  ): FusedTensor => {
    const count = rows / paths.length;
    const sources = paths.map((path, i) => source(`${path}.weight`, i * count, count));
    return { name: layerName(layer, `${part}.weight`), kind: 'matrix', rows, columns, sources };
  };
  return [
    ...(isDense ? [] : [matrix('router', experts, width, modulePath(spec, 'router', layer))]),
    ...Array.from({ length: experts }, (_, index) => {
      const { gate, up, down } = expertPaths(spec, mlp, layer, index);
      return [
        matrix(`experts.${index}.in`, 2 * inner, width, gate, up),
        matrix(`experts.${index}.out`, width, inner, down),
      ];
    }).flat(),
  ];
}

/** Stored together, [experts, inputs, outputs], with biases. */
function stackedExperts(spec: DecoderSpec, mlp: ExpertsSpec, layer: number): FusedTensor[] {
  const { width } = spec;
  const { experts, width: inner } = mlp;
  const router = modulePath(spec, 'router', layer);
  const path = modulePath(spec, 'experts', layer);
  const expert = (index: number, part: 'in' | 'out'): FusedTensor[] => {
    const [stored, rows, columns] =
      part === 'in' ? ['gate_up_proj', 2 * inner, width] : ['down_proj', width, inner];
    const name = layerName(layer, `experts.${index}.${part}`);
    const from = { first: 0, slice: index } as const;
    return [
      {
        name: `${name}.weight`,
        kind: 'matrix',
        rows: rows as number,
        columns: columns as number,
        sources: [{ ...from, name: `${path}.${stored}`, count: rows as number, transposed: true }],
      },
      {
        name: `${name}.bias`,
        kind: 'vector',
        rows: 1,
        columns: rows as number,
        sources: [
          { ...from, name: `${path}.${stored}_bias`, count: rows as number, transposed: false },
        ],
      },
    ];
  };
  return [
    {
      name: layerName(layer, 'router.weight'),
      kind: 'matrix',
      rows: experts,
      columns: width,
      sources: [source(`${router}.weight`, 0, experts)],
    },
    vector(layerName(layer, 'router.bias'), `${router}.bias`, experts),
    ...Array.from({ length: experts }, (_, i) => [...expert(i, 'in'), ...expert(i, 'out')]).flat(),
  ];
}

function ordered(spec: DecoderSpec, part: Projection): { order?: Int32Array } {
  const order = outputOrder(spec, part);
  return order ? { order } : {};
}

function vector(name: string, path: string, size: number): FusedTensor {
  return { name, kind: 'vector', rows: 1, columns: size, sources: [source(path, 0, size)] };
}

function source(name: string, first: number, count: number): FusedSource {
  return { name, first, count, transposed: false };
}

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
