// A language model ready to run: decoder, tokenizer, and what was noted while loading them.
import * as tf from '../tensor/tf.ts';
import { Decoder } from './decoder.ts';
import type { ModelFiles } from './model-files.ts';
import { readCheckpoint } from './model-folder.ts';
import type { Parameters } from './parameters.ts';
import type { Tokenizer } from './tokenizer.ts';

export interface LanguageModel {
  readonly decoder: Decoder;
  readonly tokenizer: Tokenizer;
  /** For the user to read, e.g. tensors that were not used. */
  readonly notes: readonly string[];
}

/**
 * Loads a folder in Hugging Face layout onto the present backend.
 * @throws InputError as `readCheckpoint` and `loadTokenizer`
 */
export async function loadLanguageModel(files: ModelFiles): Promise<LanguageModel> {
  const { decoder, notes, tokenizer } = await loadDecoder(files);
  return { decoder, tokenizer: await tokenizer(), notes };
}

/** The same without the tokenizer, which is read only if asked for. */
export async function loadDecoder(
  files: ModelFiles,
): Promise<{ decoder: Decoder; notes: readonly string[]; tokenizer: () => Promise<Tokenizer> }> {
  const checkpoint = await readCheckpoint(files);
  const weights: Parameters = new Map();
  for (const [name, tensor] of checkpoint.tensors) {
    weights.set(name, tf.keep(tf.tensor(tensor.read(), [...tensor.shape])));
  }
  return {
    decoder: new Decoder(checkpoint.spec, weights),
    notes: checkpoint.notes,
    tokenizer: checkpoint.tokenizer,
  };
}
