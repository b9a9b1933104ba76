// Activations on WebGPU, element by element.
import { implementKernel } from '../../kernel.ts';
import type * as tf from '../../tf.ts';
import { gpu, spread } from '../../webgpu/gpu.ts';
import type { Program } from '../../webgpu/gpu.ts';
import { rowVectors } from '../../webgpu/row-team.ts';
import type { RowVectors } from '../../webgpu/row-team.ts';
import { activationGradientKernel, activationKernel, ERF, gateLayout } from './activation.ts';
import type {
  ActivationArguments,
  ActivationGradientArguments,
  ActivationKind,
} from './activation.ts';

export function registerActivation(): void {
  implementKernel(activationKernel, 'webgpu', ({ x, kind }) => run(kind, x));
  implementKernel(activationGradientKernel, 'webgpu', ({ x, kind, dy }) => run(kind, x, dy));
}

const WORKGROUP = 64;

function run(
  kind: ActivationKind,
  x: ActivationArguments['x'],
  dy?: ActivationGradientArguments['dy'],
): tf.TensorInfo[] {
  const [n, columns] = x.shape;
  const m = gateLayout(kind) === 'plain' ? columns : columns / 2;
  // Pairs of neighbouring columns are taken one by one.
  const vectors = rowVectors(gateLayout(kind) === 'pairs' ? 1 : m);
  const steps = m / vectors.columns;
  const result = gpu().output(dy ? x.shape : [n, m]);
  gpu().run(activationProgram(kind, vectors, dy !== undefined), {
    tensors: { x, ...(dy ? { dy, dx: result } : { y: result }) },
    uniforms: {
      ...{ steps, total: n * steps },
      ...(kind.function === 'swiglu_clamped' && { limit: kind.limit, alpha: kind.alpha }),
    },
    workgroups: spread(Math.ceil((n * steps) / WORKGROUP)),
  });
  return [result];
}

/** `g` is the gate as it counts, and `argument`, `rate` the logistic function's and its slope. */
function argumentCode(kind: ActivationKind): string {
  switch (kind.function) {
    case 'silu':
      return 'let argument = g; let rate = 1.0;';
    case 'swiglu_clamped':
      return 'let argument = u.alpha * g; let rate = u.alpha;';
    case 'gelu':
      return '';
    case 'gelu_tanh':
      return `let square = g * g;
  let argument = twice * g * (1.0 + 0.044715 * square);
  let rate = twice * (1.0 + ${3 * 0.044715} * square);`;
  }
}

/** `value` and `slope`, as in `activation.ts`. */
function curveCode(kind: ActivationKind, type: string): string {
  if (kind.function !== 'gelu') {
    return `// Bounded: exp must not overflow.
  let s = 1.0 / (1.0 + exp(-clamp(argument, ${type}(-80.0), ${type}(80.0))));
  let value = g * s;
  let slope = s + (value - value * s) * rate;`;
  }
  const sum = ERF.a.reduceRight((rest, a) => `t * (${a} + ${rest})`, '0.0');
  return `let x = abs(g) * ${Math.SQRT1_2};
  let bell = exp(-min(x * x, ${type}(80.0)));
  let t = 1.0 / (1.0 + ${ERF.p} * x);
  let half = 0.5 * (1.0 - (${sum}) * bell);
  let phi = 0.5 + sign(g) * half;
  let value = g * phi;
  let slope = phi + g * bell * ${1 / Math.sqrt(2 * Math.PI)};`;
}

function activationProgram(
  kind: ActivationKind,
  { array, type }: RowVectors,
  backward: boolean,
): Program {
  const layout = gateLayout(kind);
  const inputs = {
    plain: { array, load: 'let g = x[i];' },
    halves: {
      array,
      load: `let first = i / u.steps * 2u * u.steps + i % u.steps;
  let g = x[first]; let up = x[first + u.steps];`,
    },
    pairs: {
      array: 'array<vec2f>',
      load: `let pair = x[i];
  let g = min(pair.x, u.limit); let up = clamp(pair.y, -u.limit, u.limit) + 1.0;`,
    },
  }[layout];
  const results = {
    plain: { y: 'y[i] = value;', dx: 'dx[i] = dy[i] * slope;' },
    halves: {
      y: 'y[i] = value * up;',
      dx: 'dx[first] = dy[i] * up * slope; dx[first + u.steps] = dy[i] * value;',
    },
    pairs: {
      y: 'y[i] = value * up;',
      dx: `let moves = vec2f(select(0.0, 1.0, pair.x <= u.limit), select(0.0, 1.0, abs(pair.y) <= u.limit));
  dx[i] = dy[i] * vec2f(up * slope, value) * moves;`,
    },
  }[layout];
  return {
    name: `activation ${kind.function} ${layout} ${type}${backward ? ' gradient' : ''}`,
    reads: { x: inputs.array, ...(backward && { dy: array }) },
    writes: backward ? { dx: inputs.array } : { y: array },
    uniforms: {
      ...{ steps: 'u32', total: 'u32' },
      ...(layout === 'pairs' && { limit: 'f32', alpha: 'f32' }),
    },
    code: `
const twice = ${2 * Math.sqrt(2 / Math.PI)};
@compute @workgroup_size(${WORKGROUP})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) count: vec3u,
  @builtin(local_invocation_index) local: u32) {
  let i = (group.x + group.y * count.x) * ${WORKGROUP}u + local;
  if (i >= u.total) { return; }
  ${inputs.load}
  ${argumentCode(kind)}
  ${curveCode(kind, type)}
  ${backward ? results.dx : results.y}
}`,
  };
}
