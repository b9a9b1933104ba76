// Ways to break a program that leave it running: its text with one thing wrong.

export interface BrokenProgram {
  /** What is wrong, in words. */
  readonly fault: string;
  /** How the program's name begins. */
  readonly program: string;
  /** The first occurrence of `from` becomes `to`. */
  readonly from: string;
  readonly to: string;
}

const broken = (program: string, fault: string, from: string, to: string): BrokenProgram => ({
  ...{ program, fault, from, to },
});

/** A family like the built-in model's: bfloat16 weights, norms of q and k, rotary positions. */
export const BROKEN: readonly BrokenProgram[] = [
  broken(
    'gemm rows bf16x4 k4 m4 lora x4 subgroup 16',
    'a lane reads its neighbour',
    'subgroupBroadcast(part3, 2u)',
    'subgroupBroadcast(part3, 1u)',
  ),
  broken(
    'gemm rows bf16x4 k4 m4 subgroup 16',
    'activations are rounded to bfloat16',
    'return xFour(row * u.k + 4u * four, u.k - 4u * four);',
    'return bitcast<vec4f>(bitcast<vec4u>(xFour(row * u.k + 4u * four, u.k - 4u * four)) & vec4u(0xffff0000u));',
  ),
  broken(
    'gemm columns bf16x4 k4 m4 dlora dropout x4 subgroup 16',
    'the fourth weight of a word pair is the second',
    'words.y & 0xffff0000u',
    'words.x & 0xffff0000u',
  ),
  broken(
    'gemm columns bf16x4 k4 m4 onto subgroup 16',
    'what was summed before is lost in a row',
    ' + yFour(to, u.m - j0)',
    '',
  ),
  broken(
    'gemm rows bf16x4 k4 m4 added lora x4 subgroup 16',
    'the residual is dropped in a row',
    ' + addedFour(to, u.m - j0)',
    '',
  ),
  broken(
    'gemm rows bf16x4 k4 m4 added lora x4 subgroup 4',
    'the last row of an odd size is not written',
    'if (i0 + 2u < u.n)',
    'if (i0 + 3u < u.n)',
  ),
  broken(
    'gemm rows bf16x4 k4 m4 subgroup 4',
    'sums begin with what is not 0',
    'var s1_0 = 0.0;',
    'var s1_0 = 0.01;',
  ),
  broken(
    'gemm rows bf16x4 k4 m4 subgroup 16',
    'a weight is 10 % too large',
    'words.x << 16u',
    '(words.x << 16u) + 0x100000u',
  ),
  broken(
    'lora low dropout x4 subgroup 16',
    'what dropout keeps is not scaled up',
    'select(vec4f(u.dropScale), vec4f()',
    'select(vec4f(1.0), vec4f()',
  ),
  broken('lora low x4 subgroup 4', 'the wrong part of A', '(part * u.m + row)', '(row)'),
  broken('lora dLow x4 subgroup 16', 'a missing scale', 'scalingOf(part) * v0', 'v0'),
  broken(
    'lora sums dropout x4',
    'a wrong index in the rank',
    'left4[1] * right',
    'left4[2] * right',
  ),
  broken('lora stretches', 'the first stretch is left out', 'var s = 0u;', 'var s = 1u;'),
  broken('norm rms', 'epsilon is left out', ' + u.eps', ''),
  broken(
    'norm gradient rms array<vec4f> 1',
    'the norm is taken for constant',
    ' - normal * overlap',
    '',
  ),
  broken(
    'norm gradient rms array<vec4f> 1 added',
    'the residual gradient is dropped',
    ' + added[first + i]',
    '',
  ),
  broken(
    'rotate heads forward q k turn',
    'sine and cosine are swapped',
    'let c = cosines[token * half + i]; let s = sines[token * half + i];',
    'let s = cosines[token * half + i]; let c = sines[token * half + i];',
  ),
  broken(
    'rotate heads gradient q k turn',
    'the gradient turns the wrong way',
    'second * c - first * s',
    'second * c + first * s',
  ),
  broken(
    'attention subgroup',
    'the parent is the slot before',
    'let parent = parents[token];',
    'let parent = slot - 1;',
  ),
  broken('attention subgroup', 'a row is not scaled to its new maximum', 'y3_0 * keep3', 'y3_0'),
  broken('attention dq subgroup', 'the softmax is left out of its gradient', ' - overlap0)', ')'),
  broken('attention dkv subgroup', 'one query too many', 'query < end0', 'query <= end0'),
  broken(
    'activation silu halves vec4f gradient',
    'a wrong sign',
    '(value - value * s)',
    '(value + value * s)',
  ),
  broken(
    'activation silu halves vec4f',
    'up is read for gate',
    'let g = x[first];',
    'let g = x[first + u.steps];',
  ),
  broken('adamw', 'no bias correction of the second moment', 'square * u.secondScale', 'square'),
  broken('adamw', 'no weight decay', '1.0 - u.shrink', '1.0'),
  broken('trie statistics loss', 'weights are ignored', 'weight[row] * (normalizer', '(normalizer'),
  broken(
    'trie statistics values',
    'the mass of earlier chunks is lost',
    'before.y * exp(before.x - top) + ',
    '',
  ),
  broken('trie chunk gradient', 'probabilities are ignored', 'factor * probability[t]', 'factor'),
  broken('trie total', 'the constant is dropped', 'u.constant + total', 'total'),
  broken('draw largest', 'a token beside the largest', '2u, same.z', '1u, same.z'),
  broken('draw segments', 'segments begin late', 'for (var j = begin;', 'for (var j = begin + 1u;'),
  broken('draw prefixes', 'sums are not carried on', 'sum += sums[s];', 'sum = sums[s];'),
  broken('draw chunks', 'chunks weigh the same', 'masses[c] * exp(tops[c] - top)', 'masses[c]'),
  broken('draw search', 'a token too late', 'if (sum > wanted)', 'if (sum > 1.5 * wanted)'),
  broken(
    'scatter add rows',
    'the first source counts again',
    'links[sources + s]',
    'links[sources]',
  ),
  broken('rows of bf16x4', 'neighbours change places', ', four);', ', four ^ 1u);'),
];

/** The same family with weights as codes. */
export const BROKEN_CODES: readonly BrokenProgram[] = [
  broken(
    'gemm rows int4 above k4 m4 subgroup 16',
    'the second half of a block is the first',
    'part / 4u * 4u',
    'part / 4u * 0u',
  ),
  broken(
    'gemm columns int8 by 16 above k4 m4 subgroup 16',
    'minimums are left out',
    ' + wScales[place].y',
    '',
  ),
];
