// The model that a job works on, with its adapter.
import type { Decoder } from '../../model/decoder/decoder.ts';
import { loadDecoder } from '../../model/language-model.ts';
import { loraFromFile } from '../../model/adapter/lora.ts';
import type { LoraAdapter } from '../../model/adapter/lora.ts';
import type { ModelFiles } from '../../model/files/model-files.ts';
import { openAdapter } from '../../model/adapter-folder.ts';
import { readDescription } from '../../model/model-folder.ts';
import type { WeightChoice } from '../../model/weight-forms.ts';
import type { Tokenizer } from '../../model/tokenizer/tokenizer.ts';

/** A folder in Hugging Face layout or with a GGUF file, and an adapter in PEFT's layout or as GGUF. */
export interface JobFolders {
  readonly model: ModelFiles;
  readonly adapter?: ModelFiles;
  /** How the model's matrices are kept; a study says so itself. */
  readonly weights?: WeightChoice;
  /** Of the model that embeds for a study, where that is another one. */
  readonly embedder?: ModelFiles;
}

/** Something about the model for the user to read; a whole sentence. */
export interface NoteEvent {
  readonly type: 'note';
  readonly message: string;
}

export interface AdaptedModel {
  readonly decoder: Decoder;
  readonly adapter?: LoraAdapter;
  /** Read only if asked for. */
  readonly tokenizer: () => Promise<Tokenizer>;
}

/**
 * Loads both onto the present backend (an adapter that changes what is frozen is merged), hands them to `use` and lets go of them when it ends.
 * @throws InputError as `loadDecoder` and `openAdapter`
 */
export async function* withModel<Event>(
  folders: JobFolders,
  use: (model: AdaptedModel) => AsyncGenerator<Event>,
): AsyncGenerator<Event> {
  const { weights: format = 'stored', model, adapter: files } = folders;
  const opened = files && (await openAdapter(files, (await readDescription(model)).spec));
  const merged = opened?.changesFrozen ? files : undefined;
  const { decoder, tokenizer } = await loadDecoder(model, { format, adapter: merged });
  let adapter: LoraAdapter | undefined;
  try {
    if (opened && !merged) adapter = loraFromFile(decoder.spec, opened);
    yield* use({ decoder, tokenizer, ...(adapter && { adapter }) });
  } finally {
    adapter?.dispose();
    decoder.dispose();
  }
}
