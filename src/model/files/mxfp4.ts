// MXFP4: blocks of 32 four-bit floats that share an exponent, as gpt-oss stores its experts.
import { narrowToBf16, widenBf16 } from './float-formats.ts';
import type { CheckpointTensor } from './stored-tensor.ts';

/** Values in a block. */
export const BLOCK = 32;

/** Bytes of a block: the even values in the low half of each, the odd ones in the high half. */
export const BLOCK_BYTES = BLOCK / 2;

/** The sixteen values of E2M1. */
const VALUES = [0, 0.5, 1, 1.5, 2, 3, 4, 6, -0, -0.5, -1, -1.5, -2, -3, -4, -6];

/** [scales, 16] BF16 words of every value under every scale, a power of two with a bias of 127. */
const TABLE = narrowToBf16(
  Float32Array.from({ length: 256 * 16 }, (_, i) => VALUES[i & 15]! * 2 ** ((i >> 4) - 127)),
);

/**
 * The float tensor that blocks and scales stand for, [experts, inputs, outputs] in BF16, which holds
 * every value exactly; as transformers' `convert_moe_packed_tensors`. Read one expert at a time, it
 * needs the memory of one.
 * @param blocks U8 [experts, outputs, inputs / 32, 16]
 * @param scales U8 [experts, outputs, inputs / 32]
 */
export function mxfp4Tensor(blocks: CheckpointTensor, scales: CheckpointTensor): CheckpointTensor {
  const [experts = 0, outputs = 0, groups = 0] = scales.shape;
  const inputs = groups * BLOCK;
  const perExpert = inputs * outputs;
  const expert = async (index: number): Promise<Uint16Array> => {
    const count = outputs * groups;
    const [from, to] = [index * count, (index + 1) * count];
    return dequantised(
      await blocks.bytes(from * BLOCK_BYTES, to * BLOCK_BYTES),
      await scales.bytes(from, to),
      outputs,
    );
  };
  const bits = async (from = 0, to = experts * perExpert): Promise<Uint16Array> => {
    const result = new Uint16Array(to - from);
    for (let at = from; at < to;) {
      const index = Math.floor(at / perExpert);
      const start = index * perExpert;
      const end = Math.min(to, start + perExpert);
      result.set((await expert(index)).subarray(at - start, end - start), at - from);
      at = end;
    }
    return result;
  };
  return {
    dtype: 'BF16',
    shape: [experts, inputs, outputs],
    bits,
    bytes: async (from, to) => new Uint8Array((await bits(from, to)).buffer),
    read: async (from, to) => widenBf16(await bits(from, to)),
  };
}

/** [inputs, outputs] of one expert from its blocks [outputs, groups, 16]. */
function dequantised(blocks: Uint8Array, scales: Uint8Array, outputs: number): Uint16Array {
  const groups = scales.length / outputs;
  const values = new Uint16Array(blocks.length * 2);
  for (let block = 0; block < scales.length; block++) {
    const output = Math.floor(block / groups);
    const firstInput = (block % groups) * BLOCK;
    const table = scales[block]! << 4;
    for (let i = 0; i < BLOCK_BYTES; i++) {
      const pair = blocks[block * BLOCK_BYTES + i]!;
      const to = (firstInput + 2 * i) * outputs + output;
      values[to] = TABLE[table | (pair & 15)]!;
      values[to + outputs] = TABLE[table | (pair >> 4)]!;
    }
  }
  return values;
}
