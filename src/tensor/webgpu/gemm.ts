// Products of an f32 matrix with a weight in any form: the programs of all variants.
import { range, WIDTH } from './gemm-block.ts';
import type { GemmForm, GemmVariant } from './gemm-block.ts';
import { gemmLoops } from './gemm-loops.ts';
import type { Program } from './gpu.ts';
import { aligned, fourReader, foursType, weightReader, writeFour } from './matrix-loads.ts';
import type { WeightKind } from './matrix-loads.ts';

/** What is done besides the product. */
interface GemmEpilogue {
  readonly bias?: boolean;
  /** Adds the matrix `added` [n, m]. */
  readonly added?: boolean;
  /** Adds to what the output holds. */
  readonly accumulate?: boolean;
  readonly branch?: GemmBranch;
}

/** WGSL of what else is added: it changes `v<i>`, columns j0 .. j0 + 3 of row i0 + i. */
export interface GemmBranch {
  readonly name: string;
  readonly reads: Readonly<Record<string, string>>;
  readonly uniforms: Program['uniforms'];
  readonly functions: string;
  /** @param height rows of the block; the last may lie beyond n, the last columns beyond m */
  statements(height: number): string;
}

/** Workgroups for a result of n x m. */
export function gemmWorkgroups(
  { kind, height, side }: GemmVariant,
  n: number,
  m: number,
): [number, number] {
  const blocks = kind === 'lanes' ? 1 : side;
  return [Math.ceil(m / (WIDTH * blocks)), Math.ceil(n / (height * blocks))];
}

/**
 * The program of y [n, m] = x [n, k] times a weight, on rows wFirst .. of the weight (a part of a
 * vocabulary). Uniforms: n, k, m, wFirst, and wColumns of the whole weight.
 */
export function gemmProgram(
  form: GemmForm,
  weight: WeightKind,
  { k, m }: { readonly k: number; readonly m: number },
  variant: GemmVariant,
  { bias = false, added = false, accumulate = false, branch }: GemmEpilogue = {},
): Program {
  const w = weightReader(weight);
  const [inFours, outFours] = [aligned(k), aligned(m)];
  const name = [
    ...['gemm', form, w.name, inFours ? 'k4' : 'k', outFours ? 'm4' : 'm'],
    ...[bias && 'bias', added && 'added', accumulate && 'onto', branch?.name],
    ...[variant.kind, variant.height, variant.side],
  ];
  const out = foursType(outFours);
  const sum = [
    ...(bias ? ['biasFour(j0, u.m - j0)'] : []),
    ...(added ? ['addedFour(to, u.m - j0)'] : []),
    ...(accumulate ? ['yFour(to, u.m - j0)'] : []),
  ];
  return {
    name: name.filter(Boolean).join(' '),
    reads: {
      x: foursType(inFours),
      ...w.reads,
      ...(bias && { bias: out }),
      ...(added && { added: out }),
      ...branch?.reads,
    },
    writes: { y: out },
    uniforms: {
      ...{ n: 'u32', k: 'u32', m: 'u32', wFirst: 'u32', wColumns: 'u32' },
      ...branch?.uniforms,
    },
    ...(variant.kind === 'subgroup' && { enable: ['subgroups'] }),
    code: `
${w.code}
${fourReader('xFour', 'x', inFours)}
fn right(row: u32, four: u32) -> vec4f { return weight(u.wFirst + row, four); }
fn left(row: u32, four: u32) -> vec4f { return xFour(row * u.k + 4u * four, u.k - 4u * four); }
${bias ? fourReader('biasFour', 'bias', outFours) : ''}
${added ? fourReader('addedFour', 'added', outFours) : ''}
${accumulate ? fourReader('yFour', 'y', outFours) : ''}
${branch?.functions ?? ''}
${gemmLoops(form, variant, { byFour: inFours })}
${branch?.statements(variant.height) ?? ''}
${range(variant.height)
  .map((i) => {
    const value = [`v${i}`, ...sum].join(' + ');
    return `if (i0 + ${i}u < u.n) {
  let to = (i0 + ${i}u) * u.m + j0;
  ${writeFour('y', 'to', 'u.m - j0', value, outFours)}
}`;
  })
  .join('\n')}
}`,
  };
}
