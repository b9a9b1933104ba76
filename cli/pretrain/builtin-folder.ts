// Writes the folder of the built-in model, in Hugging Face layout.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { weightShapes } from '../../src/model/spec/decoder-spec.ts';
import { checkpointTensors } from '../../src/model/decoder/fused-values.ts';
import { decoderSpecFrom } from '../../src/model/families/index.ts';
import { writeSafetensors } from '../../src/model/files/safetensors-writer.ts';
import { modelConfig } from '../../src/pretraining/model-config.ts';
import type { PretrainingRecipe } from '../../src/pretraining/recipe.ts';
import type { TokenizerFiles } from '../../src/pretraining/tokenizer/tokenizer-files.ts';
import type { PretrainCheckpoint } from './checkpoint.ts';

/** The model's files, without its card: that is written from what the finished model measures. */
export async function writeBuiltinFolder(
  path: string,
  recipe: PretrainingRecipe,
  tokenizer: TokenizerFiles,
  { state, losses }: PretrainCheckpoint,
): Promise<void> {
  const spec = decoderSpecFrom(modelConfig(recipe));
  const trained = new Map([...state.parameters].map(([name, { values }]) => [name, values]));
  const stored = checkpointTensors(spec, trained, weightShapes(spec));
  const weights = [...stored].map(([name, { shape, values }]) => {
    return [name, { shape, data: values }] as const;
  });
  const json = (value: unknown) => `${JSON.stringify(value, null, 1)}\n`;
  const files: Record<string, string | Uint8Array> = {
    'config.json': json(modelConfig(recipe)),
    'tokenizer.json': `${JSON.stringify(tokenizer.tokenizer)}\n`,
    'tokenizer_config.json': json(tokenizer.config),
    'model.safetensors': writeSafetensors(new Map(weights), { dtype: 'BF16' }),
    'recipe.json': json(recipe),
    'loss.csv': ['step,loss', ...losses.map((entry) => entry.join(',')), ''].join('\n'),
  };
  await mkdir(path, { recursive: true });
  for (const [name, content] of Object.entries(files)) await writeFile(join(path, name), content);
}
