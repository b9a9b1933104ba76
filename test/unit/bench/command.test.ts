import { expect, test } from 'vitest';
import { lab, result } from '../cli/run.ts';

test.each([
  [['--sizes', 'tiny,7b'], '--sizes has "7b"'],
  [['--only', 'train,dance'], '--only has "dance"'],
  [['--peers', 'lab'], '--peers has "lab"'],
  [['--steps', '0'], '--steps is 0'],
  [['--prompts', '2.5'], '--prompts is 2.5'],
  [['--memory-steps', '2'], '--memory-steps is 2'],
  [['--weights', 'f64'], '--weights is "f64"'],
  [['--backend', 'cpu'], '--backend is "cpu"'],
])('%j is bad input', async (options, message) => {
  const { status, errors } = await lab(['bench', ...options]);
  expect(status).toBe(2);
  expect(errors).toContain(message);
});

test('one JSON with figures of every peer and their ratios', async () => {
  const only = ['--only', 'matmul,train,packing', '--product-size', '32'];
  const size = ['--prompts', '2', '--prompt-tokens', '10', '--paths', '4', '--steps', '2'];
  const report = (await result(['bench', '--sizes', 'tiny', ...only, ...size])) as {
    matmul: { best_flops_per_second: number; flops_per_second: Record<string, number> };
    train: {
      peers: Record<string, { losses: number[]; step_seconds: { median: number; count: number } }>;
      times_as_fast_as: Record<string, { count: number }>;
      dispatches_per_layer: number | null;
    }[];
    packing: { tokens: { merged: number; row_per_path: number }; share_of_tokens: number }[];
    environment: { versions: Record<string, string> };
  };
  expect(Object.keys(report.environment.versions).sort()).toEqual(['jax', 'node', 'tfjs']);
  expect(report.matmul.best_flops_per_second).toBe(
    Math.max(...Object.values(report.matmul.flops_per_second)),
  );
  const [train] = report.train;
  expect(Object.keys(train!.peers)).toEqual(['lab', 'tfjs', 'jax']);
  for (const { losses, step_seconds } of Object.values(train!.peers)) {
    expect(losses).toHaveLength(3);
    expect(step_seconds.count).toBe(2);
    expect(step_seconds.median).toBeGreaterThan(0);
  }
  expect(Object.keys(train!.times_as_fast_as)).toEqual(['tfjs', 'jax']);
  expect(train!.dispatches_per_layer).toBeNull();
  const [{ tokens, share_of_tokens }] = report.packing as [(typeof report.packing)[number]];
  expect(share_of_tokens).toBe(tokens.merged / tokens.row_per_path);
});

test('memory over steps whose batches differ', async () => {
  const size = ['--prompts', '2', '--prompt-tokens', '10', '--paths', '4', '--memory-steps', '9'];
  const report = (await result(['bench', '--sizes', 'tiny', '--only', 'memory', ...size])) as {
    memory: {
      steps: number;
      held: Record<'first_third' | 'second_third' | 'last_third', Record<string, number | null>>;
      peak: Record<'measured' | 'estimated' | 'estimated_over_measured', number>;
    }[];
  };
  const [{ steps, held, peak }] = report.memory as [(typeof report.memory)[number]];
  expect(steps).toBe(9);
  expect(held.last_third['tensors']).toBe(held.first_third['tensors']);
  expect(held.last_third['tensor_bytes']).toBe(held.first_third['tensor_bytes']);
  expect(held.last_third['process_bytes']).toBeGreaterThan(0);
  expect(held.last_third['pool_bytes']).toBeNull(); // WebGPU's
  // On WebAssembly the peak is the module's heap, in its pages, beside what was predicted.
  expect(peak.measured).toBeGreaterThan(0);
  expect(peak.measured % 65_536).toBe(0);
  expect(peak.estimated).toBeGreaterThan(0);
  expect(peak.estimated_over_measured).toBe(peak.estimated / peak.measured);
});
