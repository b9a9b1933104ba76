// Loading a model behind an address while saying how far it is.
import { InputError } from '../core/errors.ts';
import { httpFolder } from '../model/http-folder.ts';
import { type LanguageModel, loadLanguageModel } from '../model/language-model.ts';
import type { PhaseEvent } from './events.ts';

/** How often progress is reported. */
const TICK_MS = 100;

/**
 * Yields progress in bytes and returns the model.
 * @param name `builtin`, or the web address of a folder in Hugging Face layout
 * @param builtin address of the built-in model's folder
 * @throws InputError for a name that is neither, or a model that cannot be read
 */
export async function* loadModel(
  name: string,
  builtin: string,
): AsyncGenerator<PhaseEvent, LanguageModel> {
  const files = new Map<string, { bytes: number; total: number }>();
  const folder = httpFolder(
    addressOf(name, builtin),
    (url) => fetch(url),
    (file, bytes, total) => files.set(file, { bytes, total: total ?? bytes }),
  );
  const loading = loadLanguageModel(folder);
  const loaded = loading.then(
    () => true,
    () => true,
  );
  for (;;) {
    const sum = (of: 'bytes' | 'total') => [...files.values()].reduce((n, file) => n + file[of], 0);
    yield {
      type: 'phase',
      phase: 'loading',
      done: sum('bytes'),
      total: sum('total'),
      unit: 'bytes',
    };
    if (await Promise.race([loaded, tick()])) return await loading;
  }
}

function addressOf(name: string, builtin: string): string {
  if (name === 'builtin') return builtin;
  if (/^https?:\/\//.test(name)) return name;
  throw new InputError(
    `model is ${JSON.stringify(name)}`,
    'Give builtin or the web address (https://…) of a folder in Hugging Face layout; folders of this computer work in the terminal.',
    'model',
  );
}

const tick = () => new Promise<false>((resolve) => setTimeout(() => resolve(false), TICK_MS));
