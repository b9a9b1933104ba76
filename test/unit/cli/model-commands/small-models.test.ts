// Tiny models in the forms that checkpoints come in, against PyTorch's logits.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { jsonFile, temporaryFolder, tensorsOf } from '../../../support/golden-jobs.ts';
import { result } from '../run.ts';

const folder = fileURLToPath(new URL('../../../golden/small-models', import.meta.url));
const golden = JSON.parse(readFileSync(join(folder, 'logits.json'), 'utf8')) as {
  sequences: number[][];
  logits: Record<string, number[][][]>;
};

test.each(Object.entries(golden.logits))('%s gives the golden logits', async (name, expected) => {
  const out = join(await temporaryFolder(), 'logits.safetensors');
  const input = await jsonFile({ sequences: golden.sequences });
  await result(['forward', '--model', join(folder, name), '--input', input, '--out', out]);
  const tensors = await tensorsOf(out);
  for (const [i, logits] of expected.entries()) {
    const reference = logits.flat();
    const { values } = tensors.get(`sequence.${i}.logits`)!;
    expect(values).toHaveLength(reference.length);
    const worst = values.reduce((max, x, at) => Math.max(max, Math.abs(x - reference[at]!)), 0);
    expect(worst).toBeLessThanOrEqual(1e-4);
  }
});
