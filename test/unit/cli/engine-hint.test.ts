// A slower engine is mentioned once, and to people alone.
import { expect, test } from 'vitest';
import { startNodeBackend } from '../../../cli/backend.ts';
import { hintAtEngine } from '../../../cli/engine-hint.ts';
import { fusesProducts } from '../../../src/tensor/wasm/kernels.ts';

test('is said once, on a terminal, where the engine has no fused multiply-add', async () => {
  await startNodeBackend('wasm');
  const said: string[] = [];
  const notify = (text: string) => said.push(text);
  hintAtEngine({ watched: false, notify });
  expect(said).toEqual([]);
  hintAtEngine({ watched: true, notify });
  hintAtEngine({ watched: true, notify });
  expect(said).toHaveLength(fusesProducts() ? 0 : 1);
  for (const text of said) expect(text).toContain('Node 22 or newer');
});
