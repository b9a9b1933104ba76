// Losses and gradients of objectives over whole answers against PyTorch, on whatever backend is set.
import { expect } from 'vitest';
import { gradients } from '../../src/lab/jobs/gradients.ts';
import { loraFromFile } from '../../src/model/adapter/lora.ts';
import { readAdapter } from '../../src/model/adapter/peft.ts';
import { readSafetensors } from '../../src/model/files/safetensors.ts';
import type { Tally } from './checks.ts';
import { loadGoldenModel } from './golden-model.ts';

interface Case {
  readonly name: string;
  readonly model: string;
  /** The model's own where null. */
  readonly adapter: string | null;
  readonly input: object;
  readonly objectives: Record<string, { readonly loss: number; readonly gradients: string }>;
}

type Read = (path: string) => Promise<Uint8Array>;
const ROOT = 'objectives';

export async function objectiveCases(read: Read): Promise<Case[]> {
  const text = new TextDecoder().decode(await read(`${ROOT}/objectives.json`));
  return (JSON.parse(text) as { cases: Case[] }).cases;
}

/** Losses to 2e-5 of themselves, gradients to 1e-4 of the largest entry of the tensor. */
export async function checkObjectives(one: Case, read: Read, tally: Tally): Promise<void> {
  const model = await loadGoldenModel(one.model, read);
  const folder = one.adapter === null ? `models/${one.model}/adapter` : `${ROOT}/${one.adapter}`;
  const { decoder } = model;
  const adapter = loraFromFile(
    decoder.spec,
    await readAdapter((name) => read(`${folder}/${name}`), decoder.spec),
  );
  for (const [objective, golden] of Object.entries(one.objectives)) {
    const what = `${one.name} ${objective}`;
    const job = gradients({ decoder, adapter } as never, {
      method: 'objective',
      objective,
      ...one.input,
    });
    for await (const { loss, gradients: found } of job) {
      expect(Math.abs(loss - golden.loss), what).toBeLessThanOrEqual(2e-5 * Math.abs(golden.loss));
      const path = `${ROOT}/${golden.gradients}`;
      const { tensors } = readSafetensors(await read(path), path);
      expect([...found.keys()].sort()).toEqual([...tensors.keys()].sort());
      for (const [name, tensor] of tensors) {
        const expected = tensor.read();
        const largest = expected.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
        const { data, shape } = found.get(name)!;
        expect(shape).toEqual(tensor.shape);
        tally.absolute(data, expected, 1e-4 * largest, `${what} ${name}`);
      }
    }
  }
  adapter.dispose();
  model.dispose();
}
