// Under which name a GGUF file has each weight of a decoder, and how its rows lie there.
import { neighboursOrder } from './families/rope-order.ts';
import { USUAL_NAMES, type GgufDialect } from './gguf/dialect.ts';
import type { GgufView } from './gguf/tensor.ts';
import { modulePath, type DecoderSpec, type ModulePart } from './spec/decoder-spec.ts';

/** By the names of the file, for every weight that the decoder may have. */
export function ggufNames(
  spec: DecoderSpec,
  dialect: GgufDialect,
): Map<string, GgufView & { name: string }> {
  const views = new Map<string, GgufView & { name: string }>();
  const names = { ...USUAL_NAMES, ...dialect.names };
  for (const part of Object.keys(spec.moduleNames) as ModulePart[]) {
    const pattern = names[part];
    if (pattern === undefined) continue;
    const layers = pattern.includes('{layer}') ? spec.layers : 1;
    for (let layer = 0; layer < layers; layer++) {
      for (const kind of ['weight', 'bias']) {
        views.set(`${pattern.replace('{layer}', String(layer))}.${kind}`, {
          name: `${modulePath(spec, part, layer)}.${kind}`,
          ...viewOf(spec, dialect, part),
        });
      }
    }
  }
  return views;
}

function viewOf(spec: DecoderSpec, { neighbours }: GgufDialect, part: ModulePart): GgufView {
  if (neighbours && (part === 'q' || part === 'k')) return { order: neighboursOrder(spec.headDim) };
  return part.endsWith('Norm') && spec.norm.plusOne ? { plus: -1 } : {};
}
