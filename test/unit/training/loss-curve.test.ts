// Fifty steps on wasm: the curve that the GPU is compared with.
import { readFile } from 'node:fs/promises';
import { beforeAll, expect, test } from 'vitest';
import { startNodeBackend } from '../../../cli/backend.ts';
import { CURVE_STEPS, lossCurve } from '../../support/loss-curve.ts';
import { readTinyFile } from '../../support/tiny-model.ts';

beforeAll(() => startNodeBackend('wasm'));

test('fifty steps give the stored losses, and the same bits twice', async () => {
  const stored = await readFile(new URL('../../golden/loss-curve.json', import.meta.url), 'utf8');
  const { losses } = JSON.parse(stored) as { losses: number[] };
  expect(losses).toHaveLength(CURVE_STEPS);
  const curve = await lossCurve(readTinyFile);
  curve.forEach((loss, i) =>
    expect(Math.abs(loss / losses[i]! - 1), `step ${i}`).toBeLessThan(1e-3),
  );
  expect(curve.at(-1)!).toBeLessThan(0.6 * curve[0]!);
  expect(await lossCurve(readTinyFile)).toEqual(curve);
});
