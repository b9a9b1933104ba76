// The model that a command works on: the built-in one or a folder.
import { fileURLToPath } from 'node:url';
import { loadLanguageModel } from '../src/model/language-model.ts';
import type { LanguageModel } from '../src/model/language-model.ts';
import { nodeFolder } from './model-folder.ts';

/** Where the built-in model lies in the project. */
export const BUILTIN = fileURLToPath(new URL('../public/models/builtin', import.meta.url));

/** Where a model lies. @param name `builtin`, or a path */
export const placeOfModel = (name: string): string => (name === 'builtin' ? BUILTIN : name);

/** @param name `builtin`, or a folder in Hugging Face layout @throws InputError */
export async function openModel(name: string): Promise<LanguageModel> {
  return loadLanguageModel(await nodeFolder(placeOfModel(name)));
}
