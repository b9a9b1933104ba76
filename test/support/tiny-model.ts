// The tiny model in Node.
import { readFile } from 'node:fs/promises';
import { loadLanguageModel } from '../../src/model/language-model.ts';
import type { LanguageModel } from '../../src/model/language-model.ts';
import type { ModelFiles } from '../../src/model/files/model-files.ts';
import { tinyFolder } from './tiny-folder.ts';

const golden = new URL('../golden/models/qwen3/', import.meta.url);

export const readTinyFile = async (name: string) =>
  new Uint8Array(await readFile(new URL(name, golden)));

export const tinyModelFiles = (): Promise<ModelFiles> => tinyFolder(readTinyFile);

/** On the present backend. */
export async function loadTinyModel(): Promise<LanguageModel> {
  return loadLanguageModel(await tinyModelFiles());
}
