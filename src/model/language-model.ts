// A language model ready to run: decoder, tokenizer, and what was noted while loading them.
import * as tf from '../tensor/tf.ts';
import { Decoder } from './decoder/decoder.ts';
import { loadWeights } from './decoder/decoder-weights.ts';
import type { ModelFiles } from './files/model-files.ts';
import { readCheckpoint } from './model-folder.ts';
import type { ModelCheckpoint } from './model-folder.ts';
import { mergeInto } from './merge.ts';
import { openAdapter } from './adapter-folder.ts';
import { readPooling, type Pooling } from './pooling.ts';
import { keptWeights, type WeightChoice } from './weight-forms.ts';
import type { Tokenizer } from './tokenizer/tokenizer.ts';

export interface LanguageModel {
  readonly decoder: Decoder;
  readonly tokenizer: Tokenizer;
  /** For the user to read, e.g. tensors that were not used. */
  readonly notes: readonly string[];
  /** How it embeds texts, where its folder says so; read only if asked for. */
  readonly pooling: () => Promise<Pooling | undefined>;
}

export interface LoadOptions {
  /** `int8` and `int4` keep matrices in blocks of so many bits; `stored` as the checkpoint has them. */
  readonly format?: WeightChoice;
  /** A LoRA adapter as PEFT or llama.cpp has it, merged into the weights before they are rounded to the format. */
  readonly adapter?: ModelFiles | undefined;
  /** Of the same files, where it was read before. */
  readonly tokenizer?: Tokenizer | undefined;
}

/**
 * Loads a folder in Hugging Face layout onto the present backend.
 * @throws InputError as `readCheckpoint`, `loadTokenizer` and `openAdapter`
 */
export async function loadLanguageModel(
  files: ModelFiles,
  options: LoadOptions = {},
): Promise<LanguageModel> {
  const checkpoint = await readCheckpoint(files);
  // Small beside the weights, and as likely to be at fault.
  const tokenizer = await checkpoint.tokenizer(options.tokenizer);
  const decoder = await decoderOf(checkpoint, options);
  const notes = [...checkpoint.notes, ...tokenizer.notes];
  return { decoder, tokenizer, notes, pooling: () => readPooling(files) };
}

/** The same without the tokenizer, which is read only if asked for. */
export async function loadDecoder(
  files: ModelFiles,
  options: LoadOptions = {},
): Promise<{ decoder: Decoder; notes: readonly string[]; tokenizer: () => Promise<Tokenizer> }> {
  const checkpoint = await readCheckpoint(files);
  const { notes, tokenizer } = checkpoint;
  return { decoder: await decoderOf(checkpoint, options), notes, tokenizer };
}

async function decoderOf(
  checkpoint: ModelCheckpoint,
  { format = 'stored', adapter }: LoadOptions,
): Promise<Decoder> {
  const { spec, tensors } = checkpoint;
  const merging = adapter && mergeInto(spec, await openAdapter(adapter, spec));
  const keepsBf16 = tf.getBackend() === 'webgpu';
  const { forms, readsCodes } = keptWeights(checkpoint, format, keepsBf16, merging?.changes);
  const part = async (name: string, from: number, to: number) => {
    const tensor = tensors.get(name)!;
    const columns = tensor.shape.at(-1)!;
    if (readsCodes(name)) return tensor.codes!(from / columns, to / columns);
    const values = await tensor.read(from, to);
    merging?.change(name, values, from);
    return values;
  };
  const read = (name: string) =>
    part(
      name,
      0,
      tensors.get(name)!.shape.reduce((a, b) => a * b, 1),
    );
  return new Decoder(spec, await loadWeights(spec, Object.assign(read, { part }), forms));
}
