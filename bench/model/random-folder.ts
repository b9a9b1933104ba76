// A model folder in Hugging Face layout whose weights are random: the shape of a real model, no more.
import { readFile } from 'node:fs/promises';
import { decoderSpecFrom } from '../../src/model/families/index.ts';
import { weightShapes } from '../../src/model/spec/decoder-spec.ts';
import { narrowToBf16 } from '../../src/model/files/float-formats.ts';
import { layOutSafetensors } from '../../src/model/files/safetensors-writer.ts';
import { randomWeights } from './random-weights.ts';
import type { ModelConfig } from './sizes.ts';

/** Its vocabulary is small, so that every model of the benchmarks has room for it. */
const TOKENIZER = new URL('../../public/models/builtin/', import.meta.url);
const TOKENIZER_FILES = ['tokenizer.json', 'tokenizer_config.json'] as const;

/** Files by name: configuration, weights as bfloat16, and the built-in model's tokenizer. */
export async function randomFolder(
  config: ModelConfig,
  seed: number,
): Promise<Record<string, Uint8Array>> {
  const tokenizer = TOKENIZER_FILES.map(
    async (name) => [name, new Uint8Array(await readFile(new URL(name, TOKENIZER)))] as const,
  );
  return {
    'config.json': new TextEncoder().encode(JSON.stringify(config)),
    'model.safetensors': randomCheckpoint(config, seed),
    ...Object.fromEntries(await Promise.all(tokenizer)),
  };
}

/** Tensor by tensor: besides the file, no more than the largest is in memory. */
function randomCheckpoint(config: ModelConfig, seed: number): Uint8Array {
  const weights = randomWeights(seed);
  const shapes = weightShapes(decoderSpecFrom(config));
  const { header, positions, size } = layOutSafetensors(shapes, { dtype: 'BF16' });
  const file = new Uint8Array(size);
  file.set(header);
  for (const [name, shape] of shapes) {
    const { buffer, byteOffset, byteLength } = narrowToBf16(weights(name, shape));
    file.set(new Uint8Array(buffer, byteOffset, byteLength), positions.get(name)!);
  }
  return file;
}
