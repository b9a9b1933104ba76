// Fifty steps of training with dropout on a tiny model: the same task for every backend.
import { loadLanguageModel } from '../../src/model/language-model.ts';
import { tinyFolder } from './tiny-folder.ts';
import { reportsOf, tinyLora, tinyRun } from './training-runs.ts';

export const CURVE_STEPS = 50;

/**
 * Losses of every step on the present backend.
 * @param read a file of the golden qwen3 model
 */
export async function lossCurve(read: (name: string) => Promise<Uint8Array>): Promise<number[]> {
  const model = await loadLanguageModel(await tinyFolder(read));
  const adapter = tinyLora(model);
  const changes = { steps: CURVE_STEPS, learningRate: () => 1e-2 };
  const reports = await reportsOf(tinyRun(model, adapter, changes));
  adapter.dispose();
  model.decoder.dispose();
  return reports.map(({ loss }) => loss);
}
