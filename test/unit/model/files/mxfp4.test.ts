import { describe, expect, it } from 'vitest';
import { memoryFolder } from '../../../../src/model/files/model-files.ts';
import { readCheckpoint } from '../../../../src/model/model-folder.ts';
import { mxfp4Tensor } from '../../../../src/model/files/mxfp4.ts';
import { widenBf16 } from '../../../../src/model/files/float-formats.ts';
import { memoryTensor } from '../../../../src/model/files/stored-tensor.ts';
import { expectSame } from './same-values.ts';
import { goldenJson } from './golden-models.ts';
import { safetensorsFile, type RawTensor } from './safetensors-file.ts';

interface Golden {
  readonly table: { shape: number[]; values: string };
  readonly random: {
    readonly blocks_shape: number[];
    readonly blocks: string;
    readonly scales: string;
    readonly shape: number[];
    readonly values: string;
  };
}

const golden = goldenJson('mxfp4.json') as Golden;
const bytesOf = (base64: string) => new Uint8Array(Buffer.from(base64, 'base64'));
const wordsOf = (base64: string) => new Uint16Array(bytesOf(base64).buffer);
const u8 = (shape: readonly number[], bytes: Uint8Array) => memoryTensor('U8', shape, bytes, 'x');

/** NaN is no value of the format, but zeros of both signs are. */
const bitsOf = async (blocks: Uint8Array, blockShape: number[], scales: Uint8Array) =>
  mxfp4Tensor(u8(blockShape, blocks), u8(blockShape.slice(0, -1), scales));

describe('MXFP4 weights', () => {
  it('have every value under every scale that transformers gives them', async () => {
    const blocks = new Uint8Array(256 * 16).map((_, i) => (2 * (i % 8)) | ((2 * (i % 8) + 1) << 4));
    const scales = Uint8Array.from({ length: 256 }, (_, i) => i);
    const tensor = await bitsOf(blocks, [1, 256, 1, 16], scales);
    expect(tensor).toMatchObject({ dtype: 'BF16', shape: golden.table.shape });
    expectSame(await tensor.bits(), wordsOf(golden.table.values));
  });

  it('are laid out as transformers lays them out', async () => {
    const { blocks, blocks_shape, scales, shape, values } = golden.random;
    const tensor = await bitsOf(bytesOf(blocks), blocks_shape, bytesOf(scales));
    const expected = wordsOf(values);
    expect(tensor.shape).toEqual(shape);
    expect(await tensor.bits()).toEqual(expected);
    expectSame(await tensor.read(), widenBf16(expected));
    const perExpert = expected.length / 2;
    for (const [from, to] of [
      [0, 1],
      [perExpert - 3, perExpert + 5],
      [perExpert, 2 * perExpert],
      [7, 7],
    ] as const) {
      expectSame(await tensor.bits(from, to), expected.slice(from, to));
    }
  });
});

describe('a gpt-oss checkpoint in MXFP4', () => {
  // The golden model's sizes are no multiples of 32: another configuration, its experts packed.
  const config = {
    ...(goldenJson('gpt_oss/config.json') as object),
    hidden_size: 64,
    intermediate_size: 32,
    num_hidden_layers: 1,
    layer_types: ['sliding_attention'],
    num_local_experts: 2,
    quantization_config: { quant_method: 'mxfp4' },
  };
  const byte = (i: number) => (i * 37 + 11) & 255;
  const raw = (dtype: 'U8' | 'F32', shape: number[]): RawTensor => {
    const size = shape.reduce((a, b) => a * b, 1) * (dtype === 'U8' ? 1 : 4);
    const bytes = new Uint8Array(size);
    return { dtype, shape, bytes: dtype === 'U8' ? bytes.map((_, i) => byte(i)) : bytes };
  };
  const experts = 'model.layers.0.mlp.experts';
  const attention = 'model.layers.0.self_attn';
  const tensors: Record<string, RawTensor> = {
    'model.embed_tokens.weight': raw('F32', [96, 64]),
    'lm_head.weight': raw('F32', [96, 64]),
    'model.norm.weight': raw('F32', [64]),
    'model.layers.0.input_layernorm.weight': raw('F32', [64]),
    'model.layers.0.post_attention_layernorm.weight': raw('F32', [64]),
    'model.layers.0.mlp.router.weight': raw('F32', [2, 64]),
    'model.layers.0.mlp.router.bias': raw('F32', [2]),
    [`${attention}.sinks`]: raw('F32', [4]),
    [`${attention}.q_proj.weight`]: raw('F32', [64, 64]),
    [`${attention}.q_proj.bias`]: raw('F32', [64]),
    [`${attention}.k_proj.weight`]: raw('F32', [32, 64]),
    [`${attention}.k_proj.bias`]: raw('F32', [32]),
    [`${attention}.v_proj.weight`]: raw('F32', [32, 64]),
    [`${attention}.v_proj.bias`]: raw('F32', [32]),
    [`${attention}.o_proj.weight`]: raw('F32', [64, 64]),
    [`${attention}.o_proj.bias`]: raw('F32', [64]),
    [`${experts}.gate_up_proj_blocks`]: raw('U8', [2, 64, 2, 16]),
    [`${experts}.gate_up_proj_scales`]: raw('U8', [2, 64, 2]),
    [`${experts}.gate_up_proj_bias`]: raw('F32', [2, 64]),
    [`${experts}.down_proj_blocks`]: raw('U8', [2, 64, 1, 16]),
    [`${experts}.down_proj_scales`]: raw('U8', [2, 64, 1]),
    [`${experts}.down_proj_bias`]: raw('F32', [2, 64]),
  };
  const folder = (changes: Record<string, RawTensor | undefined>) => {
    const kept = Object.entries({ ...tensors, ...changes }).filter(([, tensor]) => tensor);
    return memoryFolder(
      new Map([
        ['config.json', new TextEncoder().encode(JSON.stringify(config))],
        ['model.safetensors', safetensorsFile(Object.fromEntries(kept) as typeof tensors)],
      ]),
    );
  };

  /** Value (row, column) of expert e: number `column` of row `row`'s blocks, times its scale. */
  function expected(outputs: number, groups: number, expert: number, input: number, row: number) {
    const group = (expert * outputs + row) * groups + Math.floor(input / 32);
    const pair = byte(16 * group + Math.floor((input % 32) / 2));
    const code = input % 2 === 0 ? pair & 15 : pair >> 4;
    const magnitude = [0, 0.5, 1, 1.5, 2, 3, 4, 6][code & 7]!;
    return (code & 8 ? -1 : 1) * magnitude * 2 ** (byte(group) - 127);
  }

  it('gives the experts as floats, [experts, inputs, outputs]', async () => {
    const checkpoint = await readCheckpoint(folder({}));
    expect(checkpoint.notes).toEqual([]);
    for (const [name, inputs, outputs] of [
      ['gate_up_proj', 64, 64],
      ['down_proj', 32, 64],
    ] as const) {
      const tensor = checkpoint.tensors.get(`${experts}.${name}`)!;
      expect(tensor.shape).toEqual([2, inputs, outputs]);
      const values = await tensor.read();
      for (let i = 0; i < values.length; i++) {
        const [expert, input, output] = [
          Math.floor(i / (inputs * outputs)),
          Math.floor(i / outputs) % inputs,
          i % outputs,
        ];
        const value = expected(outputs, inputs / 32, expert, input, output);
        expect(values[i]).toBe(Math.abs(value) > 3.3e38 ? Math.sign(value) * Infinity : value);
      }
    }
  });

  it.each([
    [
      'scales',
      { [`${experts}.down_proj_scales`]: undefined },
      /down_proj_scales" of shape.*missing/,
    ],
    [
      'other blocks',
      { [`${experts}.down_proj_blocks`]: raw('U8', [2, 64, 2, 16]) },
      /down_proj_blocks" has shape \[2,64,2,16\], expected \[2,64,1,16\]/,
    ],
    [
      'blocks of floats',
      { [`${experts}.down_proj_scales`]: raw('F32', [2, 64, 1]) },
      /down_proj_scales" is F32; MXFP4 weights are U8/,
    ],
    [
      'neither',
      {
        [`${experts}.down_proj_scales`]: undefined,
        [`${experts}.down_proj_blocks`]: undefined,
      },
      /"model.layers.0.mlp.experts.down_proj" of shape \[2,32,64\] is missing/,
    ],
  ])('is refused with or without: %s', async (_, changes, message) => {
    await expect(readCheckpoint(folder(changes))).rejects.toThrow(message);
  });
});
