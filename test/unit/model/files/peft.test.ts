import { describe, expect, it } from 'vitest';
import { nodeFolder } from '../../../../cli/model-folder.ts';
import { InputError } from '../../../../src/core/errors.ts';
import { decoderSpecFrom } from '../../../../src/model/families/index.ts';
import { memoryFolder } from '../../../../src/model/files/model-files.ts';
import { readAdapter, shapeOf } from '../../../../src/model/adapter/peft.ts';
import { writeAdapter } from '../../../../src/model/adapter/peft-writer.ts';
import { readSafetensors } from '../../../../src/model/files/safetensors.ts';
import {
  writeSafetensors,
  type TensorToWrite,
} from '../../../../src/model/files/safetensors-writer.ts';
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
    expect(adapter).toMatchObject({ rank: golden.r, alpha: golden.alpha });
    expect(shapeOf(adapter).scaling).toBe(golden.scale);
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

interface Deltas {
  readonly adapters: Record<string, { model: string; deltas: Record<string, number[]> }>;
}
const trained = goldenJson('../adapters/deltas.json') as Deltas;

describe.each(Object.entries(trained.adapters))('PEFT’s adapter %s', (name, { model, deltas }) => {
  const itsSpec = decoderSpecFrom(goldenJson(`${model}/config.json`));
  const read = async () =>
    readAdapter(await nodeFolder(goldenPath(`../adapters/${name}`).pathname), itsSpec);

  it('changes the modules that PEFT adapted, by as much', async () => {
    const adapter = await read();
    expect([...adapter.tensors.keys()].sort()).toEqual(Object.keys(deltas).sort());
    for (const [path, expected] of Object.entries(deltas)) {
      const pair = adapter.tensors.get(path)!;
      const { rank, scaling } = shapeOf(adapter, pair);
      const low = product(pair.a, rank, (i) => Math.cos(i));
      const delta = product(pair.b, expected.length, (i) => low[i]! * scaling);
      for (const [i, value] of expected.entries()) {
        expect(Math.abs(delta[i]! - value)).toBeLessThan(2e-6);
      }
    }
  });

  it('is the same after it was written and read', async () => {
    const adapter = await read();
    expect(await readAdapter(memoryFolder(writeAdapter(adapter, itsSpec)), itsSpec)).toEqual(
      adapter,
    );
  });
});

/** [rows, n] times x [n], in double precision. */
function product(matrix: Float32Array, rows: number, x: (i: number) => number): number[] {
  const n = matrix.length / rows;
  return Array.from({ length: rows }, (_, row) => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += matrix[row * n + i]! * x(i);
    return sum;
  });
}

describe('adapters', () => {
  it('may be rank-stabilised', async () => {
    const adapter = await readAdapter(changed({ use_rslora: true }), spec);
    expect(shapeOf(adapter).scaling).toBe(8 / Math.sqrt(4));
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

  it.each([
    ['without the prefix', (name: string) => name.replace('base_model.model.', '')],
    ['with the adapter’s name', (name: string) => name.replace('.weight', '.default.weight')],
  ])('may name their tensors %s', async (_, rename) => {
    const files = changed({}, (tensors) => {
      for (const [name, tensor] of [...tensors]) {
        tensors.delete(name);
        tensors.set(rename(name), tensor);
      }
    });
    expect(await readAdapter(files, spec)).toEqual(await readAdapter(changed({}), spec));
  });

  it('may say how the base weights lie, whatever that is', async () => {
    const adapter = await readAdapter(changed({ fan_in_fan_out: true }), spec);
    expect(adapter).toEqual(await readAdapter(changed({}), spec));
  });

  it('name the shortest ends that mean no other module', async () => {
    const gpt2 = decoderSpecFrom(goldenJson('gpt2/config.json'));
    const names = async (folder: string, itsSpec: typeof spec) => {
      const files = await nodeFolder(goldenPath(folder).pathname);
      const written = writeAdapter(await readAdapter(files, itsSpec), itsSpec, 'hf:a/base@v2').get(
        CONFIG,
      )!;
      const config = JSON.parse(new TextDecoder().decode(written)) as Record<string, unknown>;
      expect(config['base_model_name_or_path']).toBe('a/base');
      expect(config['revision']).toBe('v2');
      expect(config['fan_in_fan_out']).toBe(itsSpec.transposedLinears);
      return config['target_modules'];
    };
    expect(await names('llama/adapter', spec)).toEqual(['q_proj', 'k_proj', 'v_proj', 'o_proj']);
    expect(await names('gpt2/adapter', gpt2)).toEqual(['c_attn', 'attn.c_proj']);
    expect(await names('gpt2/adapter_extra', gpt2)).toEqual(['c_attn', 'c_proj']);
    expect(await names('../adapters/bare_gpt2', gpt2)).toEqual(['c_attn', 'mlp.c_proj']);
    expect(await names('../adapters/some_layers', spec)).toEqual([
      'model.layers.1.self_attn.o_proj',
      'model.layers.2.self_attn.o_proj',
    ]);
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
    [
      'no weights',
      memoryFolder(new Map([[CONFIG, goldenBytes(`llama/adapter/${CONFIG}`)]])),
      /adapter_model.safetensors is missing/,
    ],
    [
      'a tensor under two names',
      changed({}, (t) => t.set(a0.replace('.weight', '.default.weight'), t.get(a0)!)),
      /q_proj.lora_A.default.weight" is there under two names|q_proj.lora_A.weight" is there under/,
    ],
    ['parameters', changed({ target_parameters: ['mlp.experts.down_proj'] }), /target_parameters/],
    ['another method', changed({ peft_type: 'IA3' }), /peft_type must be "LORA"; found "IA3"/],
    ['rank 0', changed({ r: 0 }), /r must be at least 1/],
    ['alpha as text', changed({ lora_alpha: '8' }), /lora_alpha must be a number/],
    ['dropout 1', changed({ lora_dropout: 1 }), /lora_dropout must be below 1/],
    ['no targets', changed({ target_modules: null }), /target_modules must be/],
    ['biases', changed({ bias: 'lora_only' }), /bias must be "none"/],
    ['dora', changed({ use_dora: true }), /use_dora true is not supported/],
    [
      'ranks by pattern',
      changed({ rank_pattern: { '.*q_proj': 8 } }),
      /rank_pattern has the pattern ".\*q_proj"; only names/,
    ],
    [
      'alphas by pattern',
      changed({ alpha_pattern: { 'layers.[01].q_proj': 8 } }),
      /alpha_pattern has the pattern/,
    ],
    ['another rank by module', changed({ rank_pattern: { q_proj: 8 } }), /expected \[8,48\]/],
    ['no rank by module', changed({ rank_pattern: { q_proj: 0 } }), /rank_pattern.q_proj must be/],
    ['whole modules', changed({ modules_to_save: ['lm_head'] }), /modules_to_save/],
    ['pissa', changed({ init_lora_weights: 'pissa' }), /out of the base weights/],
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
      /"base_model.model.lm_head.lora_A.weight" changes lm_head/,
    ],
  ];

  it.each(bad)('are refused: %s', async (_, files, message) => {
    const attempt = readAdapter(files, spec);
    await expect(attempt).rejects.toThrow(InputError);
    await expect(attempt).rejects.toThrow(message);
  });
});
