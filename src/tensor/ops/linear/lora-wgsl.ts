// The narrow products of a LoRA branch: forward into the rank, and the gradient of what came out.
import { range } from '../../webgpu/gemm-block.ts';
import type { GemmVariant } from '../../webgpu/gemm-block.ts';
import { gemmLoops } from '../../webgpu/gemm-loops.ts';
import type { Program } from '../../webgpu/gpu.ts';
import { fourReader, foursType, writeFour } from '../../webgpu/matrix-loads.ts';
import {
  DROPOUT_FUNCTION,
  DROPOUT_UNIFORMS,
  PART_FUNCTIONS,
  PART_UNIFORMS,
  rowEntries,
} from './branch-wgsl.ts';

/** low [n, parts * rank] = dropout(x) A^T; one layer of workgroups per part, with m = rank. */
export function lowProgram(dropout: boolean, byFour: boolean, variant: GemmVariant): Program {
  const fours = foursType(byFour);
  const kept = ` * keptFour(${rowEntries('row', 'u.k')} + 4u * four)`;
  return {
    name: nameOf(`low${dropout ? ' dropout' : ''}`, byFour, variant),
    reads: { x: fours, parameters: fours },
    writes: { low: fours },
    uniforms: {
      ...{ n: 'u32', k: 'u32', m: 'u32', parts: 'u32', aStart: 'u32' },
      ...(dropout && DROPOUT_UNIFORMS),
    },
    ...enabled(variant),
    code: `${dropout ? DROPOUT_FUNCTION : ''}
${fourReader('xFour', 'x', byFour)}
${fourReader('aFour', 'parameters', byFour)}
var<private> part: u32;
fn left(row: u32, four: u32) -> vec4f {
  return xFour(row * u.k + 4u * four, u.k - 4u * four)${dropout ? kept : ''};
}
fn right(row: u32, four: u32) -> vec4f {
  return aFour(u.aStart + (part * u.m + row) * u.k + 4u * four, u.k - 4u * four);
}
${gemmLoops('rows', variant, { byFour, begin: 'part = layer; let terms = u.k;' })}
${writeRanks('low', byFour, variant, (i) => `v${i}`)}
}`,
  };
}

/** dLow [n, parts * rank] = scaling * dy B; one layer of workgroups per part, with m = rank. */
export function dLowProgram(byFour: boolean, variant: GemmVariant): Program {
  const fours = foursType(byFour);
  return {
    name: nameOf('dLow', byFour, variant),
    reads: { dy: fours, parameters: fours },
    writes: { dLow: fours },
    uniforms: { n: 'u32', outputs: 'u32', m: 'u32', ...PART_UNIFORMS },
    ...enabled(variant),
    code: `${PART_FUNCTIONS}
${fourReader('dyFour', 'dy', byFour)}
${fourReader('bFour', 'parameters', byFour)}
var<private> part: u32;
fn left(row: u32, four: u32) -> vec4f {
  return dyFour(row * u.outputs + firstOf(part) + 4u * four, sizeOf(part) - 4u * four);
}
fn right(row: u32, four: u32) -> vec4f {
  return bFour(bOf(part) + row * u.m + 4u * four, u.m - 4u * four);
}
${gemmLoops('columns', variant, { byFour, begin: 'part = layer; let terms = sizeOf(layer);' })}
${writeRanks('dLow', byFour, variant, (i) => `scalingOf(part) * v${i}`)}
}`,
  };
}

const nameOf = (what: string, byFour: boolean, { kind, height, side }: GemmVariant) =>
  `lora ${what}${byFour ? ' x4' : ''} ${kind} ${height} ${side}`;

const enabled = ({ kind }: GemmVariant) => kind === 'subgroup' && { enable: ['subgroups'] };

/** Stores a block of [n, parts * rank]. */
const writeRanks = (
  to: string,
  byFour: boolean,
  { height }: GemmVariant,
  value: (i: number) => string,
) =>
  range(height)
    .map((i) => {
      const place = `((i0 + ${i}u) * u.parts + part) * u.m + j0`;
      return `if (i0 + ${i}u < u.n) { ${writeFour(to, place, 'u.m - j0', value(i), byFour)} }`;
    })
    .join('\n');
