// Pieces of WGSL that the programs of attention share.
import type { AttentionShape } from './attention-shape.ts';

/** Of all programs of attention. */
export const UNIFORMS = {
  rows: 'u32',
  /** Blocks of queries, or keys, in a row. */
  blocks: 'u32',
  slots: 'u32',
  first: 'u32',
  queries: 'u32',
  window: 'i32',
  scale: 'f32',
  softCap: 'f32',
} as const;

/** Scores of keys that are not seen, and what a running maximum begins at: far from the ends of f32. */
export const HIDDEN = '-1e30';
export const LOWEST = '-1e20';

/** 0 .. count - 1 */
export const indices = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** One line for every number below `count`. */
export const each = (count: number, line: (i: number) => string): string =>
  indices(count).map(line).join('\n');

/**
 * Heads of `headDim` entries in storage, in vectors of four: `<name>Four(head, j)` is vector j of head
 * number `head`, with zeros behind the head's end, and `put<name>` writes it.
 */
export interface HeadStorage {
  /** Vectors per head. */
  readonly fours: number;
  /** The storage's type. */
  readonly type: string;
  readonly read: (name: string) => string;
  readonly write: (name: string) => string;
}

/** @param reach vectors that are asked for, from 0 on; beyond the head's end they are 0 */
export function headStorage(headDim: number, reach: number): HeadStorage {
  const fours = Math.ceil(headDim / 4);
  const inside = reach > fours ? `if (j >= ${fours}u) { return vec4f(); }` : '';
  const stored = reach > fours ? `if (j >= ${fours}u) { return; }` : '';
  if (headDim % 4 === 0) {
    return {
      fours,
      type: 'array<vec4f>',
      read: (name) =>
        `fn ${name}Four(head: u32, j: u32) -> vec4f { ${inside} return ${name}[head * ${fours}u + j]; }`,
      write: (name) =>
        `fn put${name}(head: u32, j: u32, x: vec4f) { ${stored} ${name}[head * ${fours}u + j] = x; }`,
    };
  }
  return {
    fours,
    type: 'array<f32>',
    read: (name) => `fn ${name}Four(head: u32, j: u32) -> vec4f {
  var x = vec4f();
  for (var i = 0u; i < 4u && 4u * j + i < ${headDim}u; i++) { x[i] = ${name}[head * ${headDim}u + 4u * j + i]; }
  return x;
}`,
    write: (name) => `fn put${name}(head: u32, j: u32, x: vec4f) {
  for (var i = 0u; i < 4u && 4u * j + i < ${headDim}u; i++) { ${name}[head * ${headDim}u + 4u * j + i] = x[i]; }
}`,
  };
}

/** Declares `capped`, and `slope`, what its gradient is multiplied by. Bounded: tanh may overflow. */
export function softCapFunctions(softCap: AttentionShape['softCap']): string {
  if (softCap === null) {
    return `fn capped(score: f32) -> f32 { return score; }
fn slope(score: f32) -> f32 { return 1.0; }`;
  }
  return `fn capped(score: f32) -> f32 { return u.softCap * tanh(clamp(score / u.softCap, -15.0, 15.0)); }
fn slope(score: f32) -> f32 { let bent = score / u.softCap; return 1.0 - bent * bent; }`;
}

/** What of a shape changes a program, for its name. */
export function attentionVariant(shape: AttentionShape): string {
  const { heads, kvHeads, headDim, softCap, window } = shape;
  const options = [softCap !== null && 'cap', window !== null && 'window'].filter(Boolean);
  return [heads, kvHeads, headDim, ...options].join(' ');
}
