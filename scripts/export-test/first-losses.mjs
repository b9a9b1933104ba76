// `node scripts/first-losses.mjs MODEL CONFIG`: the losses of every trained arm's first steps in the lab, as JSON.
// `lab study` reads a loss every five steps only.
import { register } from 'tsx/esm/api';

register();
const { startNodeBackend } = await import('../cli/backend.ts');
const { nodeFolder } = await import('../cli/model-folder.ts');
const { expectedFigures } = await import('../src/lab/export/expected.ts');
const { resolveExperiment } = await import('../src/lab/experiment/experiment.ts');
const { loadLanguageModel } = await import('../src/model/language-model.ts');

const [model, config] = process.argv.slice(2);
await startNodeBackend('wasm');
const experiment = resolveExperiment({ ...JSON.parse(config), model });
const { losses } = await expectedFigures(
  experiment,
  await loadLanguageModel(await nodeFolder(model)),
);
console.log(JSON.stringify(losses));
