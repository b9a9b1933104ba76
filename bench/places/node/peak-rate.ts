// What one thread can give at most: multiplications and additions of vectors alone, nothing read or written.
import { relaxedSimd } from 'wasm-feature-detect';
import { compiled, FEATURES, OPTIONS } from '../../../build/assembly.ts';

/** Sums that wait for none of each other; as many vectors as products keep in registers. */
const SUMS = 12;
const LANES = 4;
/** Few, so that engines have many calls after which to compile it well. */
const ROUNDS = 100_000;
const RUNS = 500;

const FILE = 'peak.ts';

/** @returns floating-point operations a second, an addition and a multiplication each; the best of some runs */
export async function peakRate(): Promise<number> {
  const fused = await relaxedSimd();
  const options = [FILE, ...OPTIONS, ...FEATURES[fused ? 'fused' : 'plain']];
  const binary = await compiled(options, (path) => (path === FILE ? sourceOf(fused) : null));
  const { instance } = await WebAssembly.instantiate(binary);
  const run = instance.exports['run'] as (rounds: number) => number;
  run(ROUNDS);
  const seconds = Array.from({ length: RUNS }, () => {
    const began = performance.now();
    run(ROUNDS);
    return (performance.now() - began) / 1000;
  });
  return (2 * LANES * SUMS * ROUNDS) / Math.min(...seconds);
}

function sourceOf(fused: boolean): string {
  const names = Array.from({ length: SUMS }, (_, i) => `s${i}`);
  const next = (sum: string) =>
    fused ? `f32x4.relaxed_madd(x, y, ${sum})` : `f32x4.add(f32x4.mul(x, y), ${sum})`;
  return `
    export function run(rounds: i32): f32 {
      const x = f32x4.splat(<f32>rounds * 0.5);
      const y = f32x4.splat(<f32>rounds);
      ${names.map((name, i) => `let ${name} = f32x4.splat(${i}.0);`).join('\n')}
      for (let i = 0; i < rounds; i++) {
        ${names.map((name) => `${name} = ${next(name)};`).join('\n')}
      }
      return ${names.map((name) => `f32x4.extract_lane(${name}, 0)`).join(' + ')};
    }`;
}
