// The model that embeds texts for an evaluation, opened for as long as it is needed.
import { askedHere } from '../../evaluation/decoder-model.ts';
import { decoderEmbedder } from '../../evaluation/decoder-embedder.ts';
import type { Embedder } from '../../evaluation/embedder.ts';
import type { EmbedderWish } from '../../evaluation/evaluation.ts';
import type { StudyEvent } from '../events.ts';
import type { OpenedModel, Study } from './study-context.ts';

export interface OpenedEmbedder {
  readonly embedder: Embedder;
  /** Lets go of the model. */
  close(): void;
}

/**
 * Yields the progress of loading; null where none is wished for.
 * @throws InputError for a model that cannot be read
 */
export async function* openEmbedder(
  study: Study,
  wish: EmbedderWish | null,
): AsyncGenerator<StudyEvent, OpenedEmbedder | null> {
  if (wish === null) return null;
  const { name, model, dispose } = yield* openModel(study, wish.model);
  const pooling = wish.pooling ?? (await model.pooling()) ?? 'mean';
  // The study's own model has copies; another one is here alone.
  const asked = { ...askedHere(model), ...(model === study.model && { ask: study.pool.ask }) };
  return { embedder: decoderEmbedder(asked, { name, pooling }), close: dispose };
}

async function* openModel(
  { experiment, model, openModel: open }: Study,
  name: string | undefined,
): AsyncGenerator<StudyEvent, OpenedModel> {
  if (name === undefined || name === experiment.model) {
    return { name: experiment.model, model, dispose() {} };
  }
  if (!open) throw new Error(`${name} cannot be opened here`);
  return yield* open(name);
}
