// Norming and turning heads on WebGPU: one invocation per token and head, one dispatch either way.
import { implementKernel } from '../../kernel.ts';
import type * as tf from '../../tf.ts';
import { gpu, spread } from '../../webgpu/gpu.ts';
import type { Program } from '../../webgpu/gpu.ts';
import type { RotateHeadsGradientInputs, RotateHeadsInputs } from './rotate-heads-inputs.ts';
import { rotateHeadsGradientKernel, rotateHeadsKernel } from './rotate-heads.ts';

export function registerRotateHeads(): void {
  implementKernel(rotateHeadsKernel, 'webgpu', forward);
  implementKernel(rotateHeadsGradientKernel, 'webgpu', gradient);
}

const WORKGROUP = 64;

function forward(inputs: RotateHeadsInputs): tf.TensorInfo[] {
  const { qkv, shape } = inputs;
  const n = qkv.shape[0];
  const q = gpu().output([n, shape.heads * shape.headDim]);
  const kv = gpu().output([n, 2 * shape.kvHeads * shape.headDim]);
  run(programOf(inputs, 'forward'), inputs, { qkv, q, kv });
  return [q, kv];
}

function gradient(inputs: RotateHeadsGradientInputs): tf.TensorInfo[] {
  // Only training the weights themselves asks for the norms' gradients.
  if (inputs.wantsNorms) return rotateHeadsGradientKernel.composed(inputs);
  const { dq, dkv, qkv, options } = inputs;
  const dqkv = gpu().output(qkv.shape);
  const raw = options.qNorm || options.kNorm ? { qkv } : {};
  run(programOf(inputs, 'gradient'), inputs, { dq, dkv, dqkv, ...raw });
  return [dqkv];
}

function run(
  program: Program,
  { qkv, shape, options }: RotateHeadsInputs,
  tensors: Readonly<Record<string, tf.TensorInfo>>,
): void {
  const { heads, kvHeads, headDim } = shape;
  const { angles, qNorm, kNorm, eps } = options;
  const items = qkv.shape[0] * (heads + 2 * kvHeads);
  gpu().run(program, {
    tensors: {
      ...tensors,
      ...(angles && { cosines: angles.cos, sines: angles.sin }),
      ...(qNorm && { qNorm }),
      ...(kNorm && { kNorm }),
    },
    uniforms: { items, heads, kvHeads, d: headDim, eps },
    workgroups: spread(Math.ceil(items / WORKGROUP)),
  });
}

/** Finds the token and head of an invocation and where its values lie. */
const PLACE = `
@compute @workgroup_size(${WORKGROUP})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) count: vec3u,
  @builtin(local_invocation_index) local: u32) {
  let item = (group.x + group.y * count.x) * ${WORKGROUP}u + local;
  if (item >= u.items) { return; }
  let all = u.heads + 2u * u.kvHeads;
  let token = item / all;
  let head = item % all;
  let half = u.d / 2u;
  let isQuery = head < u.heads;
  let isValue = head >= u.heads + u.kvHeads;
  let at = item * u.d;
  let queries = (token * u.heads + head) * u.d;
  let pairs = (token * 2u * u.kvHeads + head - u.heads) * u.d;`;

function programOf({ options }: RotateHeadsInputs, pass: 'forward' | 'gradient'): Program {
  const { angles, qNorm, kNorm, plusOne } = options;
  const normed = qNorm !== undefined || kNorm !== undefined;
  const factors = plusOne ? '1.0 + ' : '';
  const weight = (norm: string, there: boolean) => (there ? `${factors}${norm}[i]` : '1.0');
  const code = [
    normed
      ? `fn factor(isQuery: bool, i: u32) -> f32 {
  if (isQuery) { return ${weight('qNorm', qNorm !== undefined)}; }
  return ${weight('kNorm', kNorm !== undefined)};
}
fn inverse(at: u32, isQuery: bool) -> f32 {
  if (${qNorm ? 'false' : 'isQuery'} || ${kNorm ? 'false' : '!isQuery'}) { return 1.0; }
  var sum = 0.0;
  for (var i = 0u; i < u.d; i += 1u) { sum += qkv[at + i] * qkv[at + i]; }
  return inverseSqrt(sum / f32(u.d) + u.eps);
}`
      : '',
    PLACE,
    pass === 'forward' ? forwardCode(normed, angles !== undefined) : '',
    pass === 'gradient' ? gradientCode(normed, angles !== undefined, options) : '',
    '}',
  ];
  const flags = [qNorm && 'q', kNorm && 'k', plusOne && 'plus', angles && 'turn'].filter(Boolean);
  return {
    name: `rotate heads ${pass} ${flags.join(' ')}`,
    reads: {
      ...(pass === 'forward'
        ? { qkv: 'array<f32>' }
        : { dq: 'array<f32>', dkv: 'array<f32>', ...(normed && { qkv: 'array<f32>' }) }),
      ...(angles && { cosines: 'array<f32>', sines: 'array<f32>' }),
      ...(qNorm && { qNorm: 'array<f32>' }),
      ...(kNorm && { kNorm: 'array<f32>' }),
    },
    writes: pass === 'forward' ? { q: 'array<f32>', kv: 'array<f32>' } : { dqkv: 'array<f32>' },
    uniforms: { items: 'u32', heads: 'u32', kvHeads: 'u32', d: 'u32', eps: 'f32' },
    code: code.join('\n'),
  };
}

function forwardCode(normed: boolean, turned: boolean): string {
  const value = (i: string) =>
    normed ? `qkv[at + ${i}] * scale * factor(isQuery, ${i})` : `qkv[at + ${i}]`;
  const put = (i: string, to: string) =>
    `if (isQuery) { q[queries + ${i}] = ${to}; } else { kv[pairs + ${i}] = ${to}; }`;
  return `
  if (isValue) {
    for (var i = 0u; i < u.d; i += 1u) { kv[pairs + i] = qkv[at + i]; }
    return;
  }
  ${normed ? 'let scale = inverse(at, isQuery);' : ''}
  ${
    turned
      ? `for (var i = 0u; i < half; i += 1u) {
    let c = cosines[token * half + i]; let s = sines[token * half + i];
    let first = ${value('i')}; let second = ${value('(i + half)')};
    ${put('i', 'first * c - second * s')}
    ${put('(i + half)', 'second * c + first * s')}
  }`
      : `for (var i = 0u; i < u.d; i += 1u) { ${put('i', value('i'))} }`
  }`;
}

/**
 * Turns back, then through the norm: with g = dy * factor and x = normal / inverse,
 * dx = inverse * (g - normal * mean(g * normal)).
 */
function gradientCode(
  normed: boolean,
  turned: boolean,
  { qNorm, kNorm }: RotateHeadsInputs['options'],
): string {
  const given = (i: string) =>
    `select(dkv[select(pairs, 0u, isQuery) + ${i}], dq[select(0u, queries, isQuery) + ${i}], isQuery)`;
  const passes = [qNorm ? 'isQuery' : 'false', kNorm ? '!isQuery' : 'false'].join(' || ');
  return `
  if (isValue) {
    for (var i = 0u; i < u.d; i += 1u) { dqkv[at + i] = dkv[pairs + i]; }
    return;
  }
  ${
    turned
      ? `for (var i = 0u; i < half; i += 1u) {
    let c = cosines[token * half + i]; let s = sines[token * half + i];
    let first = ${given('i')}; let second = ${given('(i + half)')};
    dqkv[at + i] = first * c + second * s;
    dqkv[at + half + i] = second * c - first * s;
  }`
      : `for (var i = 0u; i < u.d; i += 1u) { dqkv[at + i] = ${given('i')}; }`
  }
  ${
    normed
      ? `if (${passes}) {
    let scale = inverse(at, isQuery);
    var overlap = 0.0;
    for (var i = 0u; i < u.d; i += 1u) { overlap += dqkv[at + i] * factor(isQuery, i) * qkv[at + i] * scale; }
    overlap = overlap / f32(u.d);
    for (var i = 0u; i < u.d; i += 1u) {
      dqkv[at + i] = scale * (dqkv[at + i] * factor(isQuery, i) - qkv[at + i] * scale * overlap);
    }
  }`
      : ''
  }`;
}
