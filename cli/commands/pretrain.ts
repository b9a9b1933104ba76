// `lab pretrain`: makes the built-in model again, from nothing.
import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { modelCard } from '../../src/pretraining/model-card.ts';
import { RECIPE } from '../../src/pretraining/recipe.ts';
import { builtinTokenizerFiles } from '../../src/pretraining/tokenizer/builtin-tokenizer.ts';
import { startNodeBackend } from '../backend.ts';
import { defineCommand } from '../command.ts';
import { BUILTIN, openModel } from '../open-model.ts';
import { writeBuiltinFolder } from '../pretrain/builtin-folder.ts';
import { measureAbilities } from '../pretrain/measure.ts';
import { pretrain } from '../pretrain/run.ts';
import { kinds, option } from '../options.ts';
import { outFile, outFolder } from '../out-place.ts';
import { reportProgress, writeResult } from '../terminal.ts';

/** Ten days of two cores. */
const MOST_STEPS = 1_000_000;
const CHECKPOINT = fileURLToPath(new URL('../../.cache/pretrain.bin', import.meta.url));

export const command = defineCommand({
  description: [
    'Trains the built-in model on the corpus that the project generates (src/pretraining), on two',
    'threads, and writes its folder in Hugging Face layout. Interrupted, it goes on from its last',
    'checkpoint when run again. Prints what the model can do.',
  ].join('\n'),
  options: {
    folder: outFolder('DIR', 'where the model goes (default public/models/builtin)'),
    steps: option(
      'N',
      "steps instead of the recipe's, for trying it out",
      kinds.whole({ from: 1, to: MOST_STEPS }),
      RECIPE.steps,
    ),
    checkpoint: outFile('FILE', 'where the run keeps its state (default in .cache)'),
  },
  async run(options, terminal) {
    const { folder = BUILTIN, steps, checkpoint = CHECKPOINT } = options;
    const recipe = { ...RECIPE, steps };
    const tokenizer = builtinTokenizerFiles(recipe);
    const trained = await pretrain(recipe, tokenizer, checkpoint, (progress) => {
      const { step, steps, loss, secondsLeft } = progress;
      const left = `${Math.ceil(secondsLeft / 60)} min left`;
      reportProgress(
        terminal,
        options,
        `step ${step} of ${steps}, loss ${loss.toFixed(4)}, ${left}`,
      );
    });
    await writeBuiltinFolder(folder, recipe, tokenizer, trained);

    reportProgress(terminal, options, 'measuring the model');
    const { name } = await startNodeBackend('wasm');
    const abilities = await measureAbilities(await openModel(folder));
    const { state, losses, seconds } = trained;
    const parameters = [...state.parameters.values()];
    const figures = {
      ...abilities,
      parameters: parameters.reduce((sum, { values }) => sum + values.length, 0),
      bytes: (await stat(join(folder, 'model.safetensors'))).size,
      backend: `${name}, two threads`,
      seconds,
      tokens: trained.tokens,
      firstLoss: losses[0]![1],
      lastLoss: losses.at(-1)![1],
    };
    await writeFile(join(folder, 'README.md'), modelCard(recipe, figures));
    await writeResult(terminal, options, { folder, steps: state.step, ...figures });
  },
});
