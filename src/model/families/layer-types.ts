// Which layers see everything before them and which a sliding window only.
import * as v from 'valibot';
import { wholeNumber, shown } from '../files/checked.ts';
import type { GgufKeys } from '../gguf/dialect.ts';
import type { LayerAttention } from '../spec/decoder-spec.ts';
import { refusal } from './common.ts';

const KINDS = ['full_attention', 'sliding_attention'] as const;
type LayerKind = (typeof KINDS)[number];

/** Of families whose layers may differ. */
export const layerTypeFields = {
  sliding_window: v.nullish(wholeNumber()),
  layer_types: v.nullish(v.array(v.string(), 'must be a list of strings')),
};

interface LayerTypeConfig {
  readonly num_hidden_layers: number;
  readonly sliding_window?: number | null | undefined;
  readonly layer_types?: readonly string[] | null | undefined;
}

/** How GGUF files have the window of some layers or all. */
export const windowKey = (window: number | null): GgufKeys =>
  window === null ? {} : { 'attention.sliding_window': { u32: window } };

/** @returns every layer without a window, rotated by the first rope. */
export function fullAttention(layers: number): LayerAttention[] {
  return Array.from({ length: layers }, () => ({ window: null, rope: 0 }));
}

/**
 * What each layer attends to: as `layer_types` says, else as the family's rule does.
 * @param slides The family's rule: whether a layer has a window.
 * @param slidingRope Index of the rope of layers with a window; the others have the first.
 * @throws InputError for a list of another length, another kind of layer, or a missing window.
 */
export function windowedAttention(
  config: LayerTypeConfig,
  slides: (layer: number) => boolean,
  source: string,
  slidingRope = 0,
): LayerAttention[] {
  const kinds = layerKinds(config, slides, source);
  const window = config.sliding_window ?? null;
  if (window === null && kinds.includes('sliding_attention')) {
    throw refusal(
      source,
      'sliding_window',
      'layers of sliding_attention have no sliding_window',
      'Give sliding_window (and use_sliding_window, where the family has it), or full_attention layers only.',
    );
  }
  return kinds.map((kind) =>
    kind === 'full_attention' ? { window: null, rope: 0 } : { window, rope: slidingRope },
  );
}

function layerKinds(
  { num_hidden_layers, layer_types }: LayerTypeConfig,
  slides: (layer: number) => boolean,
  source: string,
): LayerKind[] {
  if (!layer_types) {
    return Array.from({ length: num_hidden_layers }, (_, layer) => KINDS[slides(layer) ? 1 : 0]);
  }
  const foreign = layer_types.find((kind) => !(KINDS as readonly string[]).includes(kind));
  if (foreign !== undefined) {
    throw refusal(
      source,
      'layer_types',
      `layer_types has ${shown(foreign)}, which is not supported`,
      `Supported are ${KINDS.join(' and ')}.`,
    );
  }
  if (layer_types.length !== num_hidden_layers) {
    throw refusal(
      source,
      'layer_types',
      `layer_types lists ${layer_types.length} layers of ${num_hidden_layers}`,
      'Name the type of every layer.',
    );
  }
  return layer_types as LayerKind[];
}
