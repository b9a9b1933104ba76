// LoRA adapters written as PEFT stores them.
import type { DecoderSpec } from '../spec/decoder-spec.ts';
import { hubModel } from './hub-model.ts';
import { ADAPTER_CONFIG, ADAPTER_WEIGHTS, peftName, shapeOf, type AdapterFile } from './peft.ts';
import { targetNames } from './peft-targets.ts';
import { writeSafetensors, type TensorToWrite } from '../files/safetensors-writer.ts';

/**
 * The files of an adapter folder that PEFT loads: name to contents. The configuration names what
 * PEFT needs, with its keys in PEFT's order; whatever else versions of PEFT know has their defaults.
 * @param baseModel The base model's name, as `hubModel` reads it, or any other; the one that the
 *   adapter was read with if left out. PEFT does not need it.
 */
export function writeAdapter(
  adapter: AdapterFile,
  spec: DecoderSpec,
  baseModel: string | null = adapter.baseModel ?? null,
): Map<string, Uint8Array<ArrayBuffer>> {
  const hub = baseModel === null ? undefined : hubModel(baseModel);
  const config = {
    ...patternOf('alpha', adapter),
    base_model_name_or_path: hub?.repo ?? baseModel,
    bias: 'none',
    fan_in_fan_out: spec.transposedLinears,
    inference_mode: true,
    init_lora_weights: true,
    lora_alpha: adapter.alpha,
    lora_dropout: adapter.dropout,
    modules_to_save: null,
    peft_type: 'LORA',
    r: adapter.rank,
    ...patternOf('rank', adapter),
    revision: hub?.revision ?? null,
    target_modules: targetNames(spec, new Set(adapter.tensors.keys())),
    task_type: 'CAUSAL_LM',
    use_dora: false,
    use_rslora: adapter.rankStabilised,
  };
  const tensors = new Map<string, TensorToWrite>();
  for (const [path, pair] of adapter.tensors) {
    const { a, b } = pair;
    const { rank } = shapeOf(adapter, pair);
    tensors.set(peftName(`${path}.lora_A.weight`), { shape: [rank, a.length / rank], data: a });
    tensors.set(peftName(`${path}.lora_B.weight`), { shape: [b.length / rank, rank], data: b });
  }
  return new Map([
    [ADAPTER_CONFIG, new TextEncoder().encode(`${JSON.stringify(config, null, 2)}\n`)],
    [ADAPTER_WEIGHTS, writeSafetensors(tensors)],
  ]);
}

/** `rank_pattern` or `alpha_pattern`: the modules that have their own, by their whole paths. */
function patternOf(what: 'rank' | 'alpha', adapter: AdapterFile): Record<string, object> {
  const own = [...adapter.tensors].flatMap(([path, pair]) => {
    const value = pair[what];
    return value === undefined ? [] : [[path, value] as const];
  });
  return own.length === 0 ? {} : { [`${what}_pattern`]: Object.fromEntries(own) };
}
