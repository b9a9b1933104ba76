// What a model is and whether it can be used here, from its configuration and headers alone.
import { InputError } from '../../core/errors.ts';
import { shown } from '../files/checked.ts';
import type { DecoderSpec } from '../spec/decoder-spec.ts';
import { decoderSpecFrom } from '../families/index.ts';
import { keptWeights } from '../weight-forms.ts';
import { requiredJson, type SeekableFiles } from '../files/model-files.ts';
import { type Checkpoint, readCheckpoint } from '../model-folder.ts';
import { frontMatterLicence } from './front-matter.ts';
import {
  hopeless,
  type MemoryEstimate,
  type MemoryPlan,
  parameterCount,
  type Verdict,
  verdictFor,
} from './memory-verdict.ts';
import { SourceError } from './source-error.ts';
import { remembering } from './remembering.ts';

/** What is null could not be told before the model was refused, or is said nowhere. */
export interface ModelSummary {
  readonly family: string | null;
  readonly parameters: number | null;
  /** Of most weights as they are stored, e.g. `BF16`. */
  readonly dtype: string | null;
  /** Of all files that loading reads. */
  readonly bytes: number | null;
  /** The part of them that the cache does not have. */
  readonly bytesToDownload: number | null;
  readonly licence: string | null;
  /** Whether the owner asks people to accept a licence first. */
  readonly gated: boolean;
  /** Predicted peaks with the settings asked for. */
  readonly memory: MemoryEstimate | null;
  readonly verdict: Verdict;
  /** For a person to read, e.g. tensors that will not be used. */
  readonly notes: readonly string[];
}

/** What the summary is about. */
export interface SummarisedModel {
  readonly files: SeekableFiles;
  /** Bytes of a file that need not be fetched any more. */
  readonly kept: (name: string) => number;
  readonly licence?: string | undefined;
  readonly gated: boolean;
}

/** Read when the tokenizer is loaded, as far as they exist. */
const TOKENIZER_FILES = [
  'tokenizer.json',
  'tokenizer_config.json',
  'special_tokens_map.json',
  'generation_config.json',
  'chat_template.jinja',
  'chat_template.json',
];

/**
 * Reads config.json, and unless that settles it, the headers of the weights. A model that cannot be
 * used here gets a verdict with the reason.
 * @throws InputError where there is no configuration to be read; SourceError; the signal's reason
 */
export async function summarise(model: SummarisedModel, plan: MemoryPlan): Promise<ModelSummary> {
  const files = remembering(model.files);
  const config = await requiredJson(files, 'config.json');
  const licence = model.licence ?? frontMatterLicence(await model.files('README.md')) ?? null;
  const nothing = {
    ...{ family: familyIn(config), parameters: null, dtype: null, memory: null },
    ...{ bytes: null, bytesToDownload: null, licence, gated: model.gated, notes: [] },
  };
  const spec = await attempt(() => decoderSpecFrom(config));
  if ('kind' in spec) return { ...nothing, verdict: spec };
  const known = { ...nothing, parameters: parameterCount(spec) };
  const verdict = hopeless(spec, plan);
  if (verdict) return { ...known, verdict };
  const checkpoint = await attempt(() => readCheckpoint(files));
  if ('kind' in checkpoint) return { ...known, verdict: checkpoint };

  const sizes = await Promise.all(
    [...new Set([...files.asked, ...TOKENIZER_FILES])].map(async (name) => {
      const bytes = (await files.size(name)) ?? 0;
      return { bytes, missing: Math.max(0, bytes - model.kept(name)) };
    }),
  );
  const sum = (of: 'bytes' | 'missing') => sizes.reduce((total, size) => total + size[of], 0);
  const weights = keptWeights(checkpoint, 'stored', plan.keepsBf16).forms;
  return {
    ...known,
    dtype: mostCommonDtype(checkpoint),
    bytes: sum('bytes'),
    bytesToDownload: sum('missing'),
    memory: plan.estimate(spec, { weights, batch: plan.batch }),
    verdict: verdictFor(checkpoint, plan),
    notes: checkpoint.notes,
  };
}

/** What `read` gives, or why the model is refused. Failures of the network are no reason for that. */
async function attempt<T extends DecoderSpec | Checkpoint>(
  read: () => T | Promise<T>,
): Promise<T | Extract<Verdict, { kind: 'refused' }>> {
  try {
    return await read();
  } catch (thrown) {
    if (!(thrown instanceof InputError) || thrown instanceof SourceError) throw thrown;
    return { kind: 'refused', reason: thrown.message, advice: thrown.advice };
  }
}

function familyIn(config: object): string | null {
  const type = (config as { model_type?: unknown }).model_type;
  return type === undefined ? null : typeof type === 'string' ? type : shown(type);
}

function mostCommonDtype({ tensors }: Checkpoint): string {
  const counts = new Map<string, number>();
  for (const { dtype, shape } of tensors.values()) {
    const count = shape.reduce((product, extent) => product * extent, 1);
    counts.set(dtype, (counts.get(dtype) ?? 0) + count);
  }
  return [...counts].reduce((most, entry) => (entry[1] > most[1] ? entry : most), ['', -1])[0];
}
