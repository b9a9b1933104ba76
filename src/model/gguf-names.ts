// Under which name a GGUF file has each weight of a decoder, and how its rows lie there.
import { neighboursOrder } from './families/rope-order.ts';
import { USUAL_NAMES, type GgufDialect } from './gguf/dialect.ts';
import type { GgufView } from './gguf/tensor.ts';
import {
  expertPaths,
  expertsIn,
  modulePath,
  type DecoderSpec,
  type ModulePart,
} from './spec/decoder-spec.ts';

/** What a tensor of a file is. */
export interface NamedView extends GgufView {
  /** Of the checkpoint; several of one shape lie one after the other, along a first dimension of their number. */
  readonly names: readonly string[];
}

/** By the names of the file, for every weight that the decoder may have. */
export function ggufNames(spec: DecoderSpec, dialect: GgufDialect): Map<string, NamedView> {
  const views = new Map<string, NamedView>();
  for (const part of Object.keys(spec.moduleNames) as ModulePart[]) {
    const pattern = USUAL_NAMES[part];
    if (pattern === undefined) continue;
    const layers = pattern.includes('{layer}') ? spec.layers : 1;
    for (let layer = 0; layer < layers; layer++) {
      for (const kind of ['weight', 'bias']) {
        views.set(`${pattern.replace('{layer}', String(layer))}.${kind}`, {
          names: [`${modulePath(spec, part, layer)}.${kind}`],
          ...viewOf(spec, dialect, part),
        });
      }
    }
  }
  for (const [stored, names] of expertNames(spec)) views.set(stored, { names });
  return views;
}

/** The experts of a layer, each part of all of them in one. */
function* expertNames(spec: DecoderSpec): Generator<readonly [string, readonly string[]]> {
  const { mlp, layers } = spec;
  if (mlp.kind !== 'experts' || mlp.clamped) return;
  for (let layer = 0; layer < layers; layer++) {
    const paths = Array.from({ length: expertsIn(mlp, layer).experts }, (_, index) =>
      expertPaths(spec, mlp, layer, index),
    );
    for (const part of ['gate', 'up', 'down'] as const) {
      yield [`blk.${layer}.ffn_${part}_exps.weight`, paths.map((path) => `${path[part]}.weight`)];
    }
  }
}

function viewOf(spec: DecoderSpec, { neighbours }: GgufDialect, part: ModulePart): GgufView {
  if (neighbours && (part === 'q' || part === 'k')) return { order: neighboursOrder(spec.headDim) };
  if (part === 'qkv' && spec.qkvByHead) return { order: apartOrder(spec) };
  return part.endsWith('Norm') && spec.norm.plusOne ? { plus: -1 } : {};
}

/** Of q, k and v head by head, which files have one after the other. */
function apartOrder({ heads, headDim }: DecoderSpec): number[] {
  return Array.from({ length: 3 * heads * headDim }, (_, row) => {
    const [part, channel] = [Math.floor(row / headDim), row % headDim];
    return ((part % 3) * heads + Math.floor(part / 3)) * headDim + channel;
  });
}
