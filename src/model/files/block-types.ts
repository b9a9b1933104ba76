// The block types of ggml: values in small blocks that share their scales, as GGUF files store them.

/** Values in a block, and the bytes that it takes. */
export const BLOCK_TYPES = {
  Q4_0: { values: 32, bytes: 18 },
  Q4_1: { values: 32, bytes: 20 },
  Q5_0: { values: 32, bytes: 22 },
  Q5_1: { values: 32, bytes: 24 },
  Q8_0: { values: 32, bytes: 34 },
  Q4_K: { values: 256, bytes: 144 },
  Q5_K: { values: 256, bytes: 176 },
  Q6_K: { values: 256, bytes: 210 },
} as const;

export type BlockType = keyof typeof BLOCK_TYPES;

export const isBlockType = (type: string): type is BlockType => Object.hasOwn(BLOCK_TYPES, type);
