// The partitioner that an experiment asks for, with the model that embeds opened for as long as needed.
import { decoderEmbedder } from '../../evaluation/decoder-embedder.ts';
import {
  embeddingSimilarity,
  normalizedEquality,
  unigramOverlap,
  type Partitioner,
} from '../../evaluation/partitioners.ts';
import type { EvaluationName, StudyEvent } from '../events.ts';
import type { OpenedModel, Study } from './study-context.ts';

export interface OpenPartitioner {
  readonly partitioner: Partitioner;
  /** Lets go of the model that embeds. */
  close(): void;
}

/**
 * Yields the progress of loading; only novelty needs a model for it.
 * @throws InputError for a model that cannot be read
 */
export async function* openPartitioner(
  study: Study,
  evaluation: EvaluationName,
): AsyncGenerator<StudyEvent, OpenPartitioner> {
  const { partitioner } = study.experiment.evaluation;
  const asked = evaluation === 'novelty' ? partitioner : 'unigrams';
  if (asked === 'unigrams') return { partitioner: unigramOverlap, close() {} };
  if (asked === 'equality') return { partitioner: normalizedEquality, close() {} };
  const { name, model, dispose } = yield* openEmbedder(study, asked.model);
  const pooling = asked.pooling ?? (await model.pooling()) ?? 'mean';
  const embedder = decoderEmbedder(model, { name, pooling });
  return { partitioner: embeddingSimilarity(embedder, asked.threshold), close: dispose };
}

async function* openEmbedder(
  { experiment, model, openModel }: Study,
  name: string | undefined,
): AsyncGenerator<StudyEvent, OpenedModel> {
  if (name === undefined || name === experiment.model) {
    return { name: experiment.model, model, dispose() {} };
  }
  if (!openModel) throw new Error(`${name} cannot be opened here`);
  return yield* openModel(name);
}
