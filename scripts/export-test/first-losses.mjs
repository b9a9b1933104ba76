// The losses of every trained arm's first steps in the lab: `lab study` reads a loss every five steps only.
import { register } from 'tsx/esm/api';

register();
const { startNodeBackend } = await import('../../cli/backend.ts');
const { nodeFolder } = await import('../../cli/model-folder.ts');
const { expectedFigures } = await import('../../src/lab/export/expected.ts');
const { resolveExperiment } = await import('../../src/lab/experiment/experiment.ts');
const { loadLanguageModel } = await import('../../src/model/language-model.ts');

/** By arm. @param config of an experiment */
export async function firstLosses(path, config) {
  await startNodeBackend('wasm');
  const experiment = resolveExperiment({ ...config, model: path });
  const model = await loadLanguageModel(await nodeFolder(path));
  try {
    return (await expectedFigures(experiment, model)).losses;
  } finally {
    model.decoder.dispose();
  }
}
