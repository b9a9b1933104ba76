// The types of tensors in a GGUF file: those that are read, and the names of those that are not.
import { BLOCK_TYPES, type BlockType } from '../files/block-types.ts';

export type GgufType = 'F32' | 'F16' | 'BF16' | BlockType;

/** Values in a block, and the bytes that it takes; plain numbers are blocks of one. */
export const LAYOUTS: Readonly<
  Record<GgufType, { readonly values: number; readonly bytes: number }>
> = {
  F32: { values: 1, bytes: 4 },
  F16: { values: 1, bytes: 2 },
  BF16: { values: 1, bytes: 2 },
  ...BLOCK_TYPES,
};

/** By their numbers in files. */
const NUMBERS: Readonly<Record<number, string>> = {
  ...{ 0: 'F32', 1: 'F16', 2: 'Q4_0', 3: 'Q4_1', 6: 'Q5_0', 7: 'Q5_1', 8: 'Q8_0', 9: 'Q8_1' },
  ...{ 10: 'Q2_K', 11: 'Q3_K', 12: 'Q4_K', 13: 'Q5_K', 14: 'Q6_K', 15: 'Q8_K', 16: 'IQ2_XXS' },
  ...{ 17: 'IQ2_XS', 18: 'IQ3_XXS', 19: 'IQ1_S', 20: 'IQ4_NL', 21: 'IQ3_S', 22: 'IQ2_S' },
  ...{ 23: 'IQ4_XS', 24: 'I8', 25: 'I16', 26: 'I32', 27: 'I64', 28: 'F64', 29: 'IQ1_M' },
  ...{ 30: 'BF16', 34: 'TQ1_0', 35: 'TQ2_0', 39: 'MXFP4', 40: 'NVFP4' },
};

/** The name of a type; of one that nobody knows its number. */
export const typeName = (number: number): string => NUMBERS[number] ?? `type ${number}`;

/** The number of a type in files. */
export const typeNumber = (type: GgufType): number =>
  Number(Object.keys(NUMBERS).find((number) => NUMBERS[Number(number)] === type));

export const isReadable = (type: string): type is GgufType => Object.hasOwn(LAYOUTS, type);
