// What GGUF files say of attention in Gemma, and what they leave to whoever reads them.
import type { GgufKeys, ToldByGguf } from '../gguf/dialect.ts';

/** The scale of attention is in no key: the largest model of a generation has one of its own. */
export function gemmaAttention(file: ToldByGguf, largest: number): Record<string, unknown> {
  const [width, heads] = [file.number('embedding_length')!, file.number('attention.head_count')!];
  const headDim = file.number('attention.key_length') ?? width / heads;
  return {
    query_pre_attn_scalar: file.number('block_count') === largest ? width / heads : headDim,
    sliding_window: file.number('attention.sliding_window'),
  };
}

/** Scores or logits that are capped. */
export const capKey = (name: string, cap: number | null): GgufKeys =>
  cap === null ? {} : { [name]: { f32: cap } };
