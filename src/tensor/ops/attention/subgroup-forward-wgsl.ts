// Attention's forward program for subgroups of four: an online softmax over the keys of a walk.
import type { Program } from '../../webgpu/gpu.ts';
import type { AttentionShape } from './attention-shape.ts';
import { LANES, blockRows, walkProgram } from './subgroup-walk-wgsl.ts';
import type { RowBlock } from './subgroup-walk-wgsl.ts';
import {
  each,
  headStorage,
  HIDDEN,
  LOWEST,
  softCapFunctions,
  UNIFORMS,
  attentionVariant,
} from './attention-wgsl.ts';

export function subgroupForward(shape: AttentionShape, block: RowBlock, sinks: boolean): Program {
  const { heads, headDim, softCap } = shape;
  const chunks = Math.ceil(headDim / (4 * LANES));
  const { type, read, write } = headStorage(headDim, chunks * LANES);
  const rows = blockRows(block);
  const lines = (line: (r: number, a: number) => string) =>
    rows.map(({ r, a }) => line(r, a)).join('\n');
  const own = (j: number) => `lane + ${LANES * j}u`;
  const begin = lines(
    (r) => `
  ${each(chunks, (j) => `let q${r}_${j} = u.scale * qFour(head${r}, ${own(j)}); var y${r}_${j} = vec4f();`)}
  var top${r} = ${sinks ? `sinks[head${r} % ${heads}u]` : LOWEST};
  var sum${r} = ${sinks ? '1.0' : '0.0'};`,
  );
  const visit = (seen: (a: number) => string) => `
    ${each(chunks, (j) => `let k${j} = kvFour(key, ${own(j)}); let v${j} = kvFour(value, ${own(j)});`)}
    ${lines((r, a) => {
      const products = Array.from({ length: chunks }, (_, j) => `dot(q${r}_${j}, k${j})`);
      const score = `capped(subgroupAdd(${products.join(' + ')}))`;
      return `
    let score${r} = ${block.queries > 1 ? `select(${HIDDEN}, ${score}, ${seen(a)})` : score};
    let above${r} = score${r} - top${r};
    let smaller${r} = exp(-abs(above${r}));
    let keep${r} = select(1.0, smaller${r}, above${r} > 0.0);
    let part${r} = select(smaller${r}, 1.0, above${r} > 0.0);
    top${r} = max(top${r}, score${r});
    sum${r} = sum${r} * keep${r} + part${r};
    ${each(chunks, (j) => `y${r}_${j} = y${r}_${j} * keep${r} + part${r} * v${j};`)}`;
    })}`;
  const end = lines(
    (r) => `
  ${each(chunks, (j) => `puty(head${r}, ${own(j)}, y${r}_${j} / sum${r});`)}
  if (lane == 0u) { logSum[head${r}] = top${r} + log(sum${r}); }`,
  );
  return {
    name: `attention subgroup ${attentionVariant(shape)} ${sinks} ${block.queries} ${block.heads}`,
    enable: ['subgroups'],
    reads: { q: type, kv: type, parents: 'array<i32>', ...(sinks && { sinks: 'array<f32>' }) },
    writes: { y: type, logSum: 'array<f32>' },
    uniforms: UNIFORMS,
    get code() {
      return [
        ...[read('q'), read('kv'), write('y'), softCapFunctions(softCap)],
        walkProgram(shape, block, { begin, visit, end }),
      ].join('\n');
    },
  };
}
