// Linear maps that no adapter is trained on here, and that one trained elsewhere may change: it is merged into them.
import {
  expertPaths,
  expertsIn,
  modulePath,
  type DecoderSpec,
  type ExpertsSpec,
} from '../spec/decoder-spec.ts';
import type { LoraPair } from './lora-pair.ts';

/** y = W x under its path in the checkpoint. */
export interface FrozenMap {
  readonly path: string;
  readonly outputs: number;
  readonly inputs: number;
}

/** Experts with tensors of their own. */
const expertsOf = ({ mlp }: DecoderSpec): ExpertsSpec | undefined =>
  mlp.kind === 'experts' && !mlp.clamped ? mlp : undefined;

/** Routers, experts, and the MLPs of layers without: layer by layer. */
export function frozenMaps(spec: DecoderSpec): FrozenMap[] {
  const mlp = expertsOf(spec);
  if (!mlp) return [];
  const { width } = spec;
  return Array.from({ length: spec.layers }, (_, layer) => {
    const { experts, width: inner, isDense } = expertsIn(mlp, layer);
    const maps = Array.from({ length: experts }, (_, index) => {
      const { gate, up, down } = expertPaths(spec, mlp, layer, index);
      return [
        ...[gate, up].map((path) => ({ path, outputs: inner, inputs: width })),
        { path: down, outputs: width, inputs: inner },
      ];
    }).flat();
    if (isDense) return maps;
    return [{ path: modulePath(spec, 'router', layer), outputs: experts, inputs: width }, ...maps];
  }).flat();
}

/** All experts of a layer as one parameter, which newer versions of PEFT adapt (`target_parameters`). */
export interface StackedExperts {
  /** Of the parameter, as patterns name it. */
  readonly path: string;
  /** Where its tensors lie: the second parameter of a module that is wrapped twice is the inner one. */
  readonly storedAs: string;
  readonly experts: number;
  readonly outputs: number;
  readonly inputs: number;
  /** The experts' own maps, whose outputs follow on one another. */
  readonly maps: (index: number) => readonly FrozenMap[];
}

export function stackedExperts(spec: DecoderSpec): StackedExperts[] {
  const mlp = expertsOf(spec);
  if (!mlp) return [];
  const { width } = spec;
  const { experts, width: inner } = mlp;
  const layers = Array.from({ length: spec.layers }, (_, layer) => layer);
  return layers
    .filter((layer) => !expertsIn(mlp, layer).isDense)
    .flatMap((layer) => {
      const module = modulePath(spec, 'experts', layer);
      const paths = (index: number) => expertPaths(spec, mlp, layer, index);
      return [
        {
          path: `${module}.gate_up_proj`,
          storedAs: `${module}.base_layer`,
          ...{ experts, outputs: 2 * inner, inputs: width },
          maps: (index) =>
            [paths(index).gate, paths(index).up].map((path) => ({
              ...{ path, outputs: inner, inputs: width },
            })),
        },
        {
          path: `${module}.down_proj`,
          storedAs: module,
          ...{ experts, outputs: width, inputs: inner },
          maps: (index) => [{ path: paths(index).down, outputs: width, inputs: inner }],
        },
      ];
    });
}

/**
 * The pair of each map of one expert.
 * @param a [experts * rank, inputs], expert by expert @param b [outputs, rank * experts], rank by rank
 */
export function expertPairs(
  { experts, inputs, outputs, maps }: StackedExperts,
  { a, b, ...own }: LoraPair,
  rank: number,
  index: number,
): (readonly [path: string, pair: LoraPair])[] {
  const mine = a.slice(index * rank * inputs, (index + 1) * rank * inputs);
  const rows = new Float32Array(outputs * rank).map((_, at) => {
    const [output, r] = [Math.floor(at / rank), at % rank];
    return b[output * rank * experts + r * experts + index]!;
  });
  let first = 0;
  return maps(index).map(({ path, outputs: count }) => {
    const part = rows.slice(first * rank, (first + count) * rank);
    first += count;
    return [path, { ...own, a: mine, b: part }];
  });
}
