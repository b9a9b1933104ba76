import { describe, expect, it } from 'vitest';
import { nodeFolder } from '../../../../cli/model-folder.ts';
import { InputError } from '../../../../src/core/errors.ts';
import { decoderSpecFrom } from '../../../../src/model/families/index.ts';
import { memoryFolder } from '../../../../src/model/model-files.ts';
import { readAdapter, writeAdapter } from '../../../../src/model/peft.ts';
import { readSafetensors } from '../../../../src/model/safetensors.ts';
import { writeSafetensors, type TensorToWrite } from '../../../../src/model/safetensors-writer.ts';
import { MODELS, goldenBytes, goldenJson, goldenModel, goldenPath } from './golden-models.ts';

const CONFIG = 'adapter_config.json';
const WEIGHTS = 'adapter_model.safetensors';
const spec = decoderSpecFrom(goldenJson('llama/config.json'));

/** The golden adapter of `llama` with changed settings or tensors. */
function changed(
  settings: object,
  change: (tensors: Map<string, TensorToWrite>) => void = () => {},
) {
  const config = { ...(goldenJson(`llama/adapter/${CONFIG}`) as object), ...settings };
  const { tensors } = readSafetensors(goldenBytes(`llama/adapter/${WEIGHTS}`), WEIGHTS);
  const copies = new Map<string, TensorToWrite>(
    [...tensors].map(([name, stored]) => [name, { shape: stored.shape, data: stored.read() }]),
  );
  change(copies);
  return memoryFolder(
    new Map<string, Uint8Array>([
      [CONFIG, new TextEncoder().encode(JSON.stringify(config))],
      [WEIGHTS, writeSafetensors(copies)],
    ]),
  );
}

const onlyQueries = (tensors: Map<string, TensorToWrite>) => {
  for (const name of [...tensors.keys()]) if (!name.includes('q_proj')) tensors.delete(name);
};

describe.each(MODELS)('the adapter of %s', (name) => {
  const { adapter: golden } = goldenModel(name);
  const itsSpec = decoderSpecFrom(goldenJson(`${name}/config.json`));
  const read = async () =>
    readAdapter(await nodeFolder(goldenPath(`${name}/adapter`).pathname), itsSpec);

  it('is read as PEFT wrote it', async () => {
    const adapter = await read();
    expect(adapter).toMatchObject({ rank: golden.r, alpha: golden.alpha, scaling: golden.scale });
    expect(adapter.tensors.size).toBe(adapter.targets.length * itsSpec.layers);
    const { tensors } = readSafetensors(goldenBytes(`${name}/adapter/${WEIGHTS}`), WEIGHTS);
    expect(tensors.size).toBe(2 * adapter.tensors.size);
    for (const [path, { a, b }] of adapter.tensors) {
      expect(a).toEqual(tensors.get(`base_model.model.${path}.lora_A.weight`)!.read());
      expect(b).toEqual(tensors.get(`base_model.model.${path}.lora_B.weight`)!.read());
    }
  });

  it('is written with the weights that PEFT wrote, byte for byte', async () => {
    const adapter = await read();
    const files = writeAdapter(adapter, itsSpec);
    expect(Buffer.compare(files.get(WEIGHTS)!, goldenBytes(`${name}/adapter/${WEIGHTS}`))).toBe(0);
    expect(await readAdapter(memoryFolder(files), itsSpec)).toEqual(adapter);
  });
});

describe('adapters', () => {
  it('may be rank-stabilised', async () => {
    const adapter = await readAdapter(changed({ use_rslora: true }), spec);
    expect(adapter.scaling).toBe(8 / Math.sqrt(4));
    expect(await readAdapter(memoryFolder(writeAdapter(adapter, spec)), spec)).toEqual(adapter);
  });

  it.each([
    ['full paths', [0, 1, 2].map((layer) => `model.layers.${layer}.self_attn.q_proj`)],
    ['dotted ends', ['self_attn.q_proj']],
    ['a pattern', '.*q_proj'],
    ['names the model does not have', ['q_proj', 'c_attn']],
  ])('may name their targets by %s', async (_, target_modules) => {
    const adapter = await readAdapter(changed({ target_modules }, onlyQueries), spec);
    expect(adapter.targets).toEqual(['q']);
    expect(adapter.tensors.size).toBe(3);
  });

  it('may adapt some layers only', async () => {
    const path = 'model.layers.1.self_attn.q_proj';
    const files = changed({ target_modules: [path] }, (tensors) => {
      for (const name of [...tensors.keys()]) if (!name.includes(path)) tensors.delete(name);
    });
    const adapter = await readAdapter(files, spec);
    expect([...adapter.tensors.keys()]).toEqual([path]);
    expect(await readAdapter(memoryFolder(writeAdapter(adapter, spec)), spec)).toEqual(adapter);
  });

  const a0 = 'base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight';
  const bad: [string, ReturnType<typeof changed>, RegExp][] = [
    ['no configuration', memoryFolder(new Map()), /adapter_config.json is missing/],
    ['another method', changed({ peft_type: 'IA3' }), /peft_type must be "LORA"; found "IA3"/],
    ['rank 0', changed({ r: 0 }), /r must be at least 1/],
    ['alpha as text', changed({ lora_alpha: '8' }), /lora_alpha must be a number/],
    ['dropout 1', changed({ lora_dropout: 1 }), /lora_dropout must be below 1/],
    ['no targets', changed({ target_modules: null }), /target_modules must be/],
    ['biases', changed({ bias: 'lora_only' }), /bias must be "none"/],
    ['dora', changed({ use_dora: true }), /use_dora true is not supported/],
    ['ranks by module', changed({ rank_pattern: { q_proj: 8 } }), /rank_pattern/],
    ['whole modules', changed({ modules_to_save: ['lm_head'] }), /modules_to_save/],
    ['pissa', changed({ init_lora_weights: 'pissa' }), /init_lora_weights must not/],
    ['another rank', changed({ r: 8 }), /has shape \[4,48\], expected \[8,48\]/],
    [
      'unknown targets',
      changed({ target_modules: ['c_attn'] }, (t) => t.clear()),
      /matches no proj/,
    ],
    [
      'tensors beyond the targets',
      changed({ target_modules: ['q_proj'] }),
      /k_proj.*belongs to no/,
    ],
    ['too few tensors', changed({ target_modules: 'all-linear' }), /gate_proj.lora_A.*is missing/],
    [
      'half a pair',
      changed({ target_modules: '.*' }, (t) => t.delete(a0)),
      /q_proj.lora_A.*missing/,
    ],
    [
      'another model',
      changed({}, (t) => t.set(a0, { shape: [4, 40], data: new Float32Array(160) })),
      /q_proj.lora_A.weight" has shape \[4,40\], expected \[4,48\]/,
    ],
    [
      'unknown tensors',
      changed({}, (t) => t.set('base_model.model.lm_head.lora_A.weight', t.get(a0)!)),
      /"base_model.model.lm_head.lora_A.weight" belongs to no projection/,
    ],
  ];

  it.each(bad)('are refused: %s', async (_, files, message) => {
    const attempt = readAdapter(files, spec);
    await expect(attempt).rejects.toThrow(InputError);
    await expect(attempt).rejects.toThrow(message);
  });
});
