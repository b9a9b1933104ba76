// LoRA adapters written as PEFT stores them.
import type { DecoderSpec } from '../spec/decoder-spec.ts';
import { hubModel } from './hub-model.ts';
import { ADAPTER_CONFIG, ADAPTER_WEIGHTS, peftName, type AdapterFile } from './peft.ts';
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
    revision: hub?.revision ?? null,
    target_modules: targetNames(spec, new Set(adapter.tensors.keys())),
    task_type: 'CAUSAL_LM',
    use_dora: false,
    use_rslora: adapter.rankStabilised,
  };
  const tensors = new Map<string, TensorToWrite>();
  for (const [path, { a, b }] of adapter.tensors) {
    const [inputs, outputs] = [a.length / adapter.rank, b.length / adapter.rank];
    tensors.set(peftName(`${path}.lora_A.weight`), { shape: [adapter.rank, inputs], data: a });
    tensors.set(peftName(`${path}.lora_B.weight`), { shape: [outputs, adapter.rank], data: b });
  }
  return new Map([
    [ADAPTER_CONFIG, new TextEncoder().encode(`${JSON.stringify(config, null, 2)}\n`)],
    [ADAPTER_WEIGHTS, writeSafetensors(tensors)],
  ]);
}
