// What a model is and whether it can be used here, from its configuration and headers alone.
import { InputError } from '../../core/errors.ts';
import { shown } from '../files/checked.ts';
import type { DecoderSpec } from '../spec/decoder-spec.ts';
import { decoderSpecFrom } from '../families/index.ts';
import { keptWeights } from '../weight-forms.ts';
import { requiredJson, type ModelFiles, type SeekableFiles } from '../files/model-files.ts';
import { TOKENIZER_FILES } from '../files/tokenizer-files.ts';
import { isGguf, modelFolder } from '../gguf-folder.ts';
import { type ModelCheckpoint, readCheckpoint } from '../model-folder.ts';
import { frontMatterLicence } from './front-matter.ts';
import {
  hopeless,
  type MemoryEstimate,
  type MemoryPlan,
  parameterCount,
  type Verdict,
  verdictFor,
} from './memory-verdict.ts';
import { quantisationAdvice } from './quantisation-advice.ts';
import { SourceError } from './source-error.ts';
import { remembering } from './remembering.ts';

/** What is null could not be told before the model was refused, or is said nowhere. */
export interface ModelSummary {
  readonly family: string | null;
  readonly parameters: number | null;
  /** How the weights are stored, what most are first, e.g. `BF16`, or `Q8_0` and `Q4_K`. */
  readonly dtypes: readonly string[] | null;
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
  /** What the model has several of, so that one is to be chosen before anything is known. */
  readonly choices: readonly Quantisation[];
  /** For a person to read, e.g. tensors that will not be used. */
  readonly notes: readonly string[];
}

/** One of several GGUF files of a model, to choose from. */
export interface Quantisation {
  /** As an experiment names the model with it. */
  readonly model: string;
  readonly file: string;
  readonly bytes: number;
}

/** What the summary is about. */
export interface SummarisedModel {
  readonly files: SeekableFiles;
  /** Bytes of a file that need not be fetched any more. */
  readonly kept: (name: string) => number;
  readonly licence?: string | undefined;
  readonly gated: boolean;
  /** The name of the model that one of its files is. */
  readonly named?: (file: string) => string;
}

/**
 * Reads config.json, and unless that settles it, the headers of the weights. A model that cannot be
 * used here gets a verdict with the reason.
 * @throws InputError where there is no configuration to be read; SourceError; the signal's reason
 */
export async function modelSummary(
  model: SummarisedModel,
  plan: MemoryPlan,
): Promise<ModelSummary> {
  const asked = remembering(model.files);
  const licence = model.licence ?? frontMatterLicence(await model.files('README.md')) ?? null;
  const unknown = {
    ...{ family: null, parameters: null, dtypes: null, memory: null, choices: [] },
    ...{ bytes: null, bytesToDownload: null, licence, gated: model.gated, notes: [] },
  };
  const choices = await quantisations(model);
  if (choices.length > 0) return { ...unknown, choices, verdict: toChoose(choices, plan) };
  const files = await attempt(() => modelFolder(asked));
  if ('kind' in files) return { ...unknown, verdict: files };
  const config = await requiredJson(files, 'config.json');
  const nothing = { ...unknown, family: familyIn(config) };
  const spec = await attempt(() => decoderSpecFrom(config));
  if ('kind' in spec) return { ...nothing, verdict: spec };
  const known = { ...nothing, parameters: parameterCount(spec) };
  const verdict = hopeless(spec, plan);
  if (verdict) return { ...known, verdict };
  const checkpoint = await attempt(() => readCheckpoint(files));
  if ('kind' in checkpoint) return { ...known, verdict: checkpoint };

  const sizes = await Promise.all(
    [...new Set([...asked.asked, ...TOKENIZER_FILES])].map(async (name) => {
      const bytes = (await asked.size(name)) ?? 0;
      return { bytes, missing: Math.max(0, bytes - model.kept(name)) };
    }),
  );
  const sum = (of: 'bytes' | 'missing') => sizes.reduce((total, size) => total + size[of], 0);
  const weights = keptWeights(checkpoint, 'stored', plan.keepsBf16).forms;
  return {
    ...known,
    dtypes: dtypesOf(checkpoint),
    bytes: sum('bytes'),
    bytesToDownload: sum('missing'),
    memory: plan.estimate(spec, { weights, batch: plan.batch }),
    verdict: verdictFor(checkpoint, plan),
    notes: checkpoint.notes,
  };
}

/** The GGUF files of a repository that has several and nothing else, small ones first. */
async function quantisations({ files, named }: SummarisedModel): Promise<Quantisation[]> {
  const names = (await files.names?.()) ?? [];
  const found = names.filter((name) => isGguf(name) && !NO_MODEL.test(name));
  if (!named || names.includes('config.json') || found.length < 2) return [];
  const all = found.map(async (file) => {
    return { file, model: named(file), bytes: (await files.size(file)) ?? 0 };
  });
  return (await Promise.all(all)).sort((a, b) => a.bytes - b.bytes);
}

/** Parts of larger files, and what makes them see. */
const NO_MODEL = /(^|\/)mmproj|-\d{5}-of-\d{5}\.gguf$|imatrix/i;

const toChoose = (choices: readonly Quantisation[], { limit }: MemoryPlan) => ({
  kind: 'refused' as const,
  reason: `It is there in ${choices.length} quantisations.`,
  advice: quantisationAdvice(choices, limit),
});

/** What `read` gives, or why the model is refused. Failures of the network are no reason for that. */
async function attempt<T extends DecoderSpec | ModelCheckpoint | ModelFiles>(
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

/** Without those of few values: files of every format keep their norms in full. */
function dtypesOf({ tensors }: ModelCheckpoint): string[] {
  const counts = new Map<string, number>();
  let total = 0;
  for (const { dtype, shape } of tensors.values()) {
    const count = shape.reduce((product, extent) => product * extent, 1);
    counts.set(dtype, (counts.get(dtype) ?? 0) + count);
    total += count;
  }
  return [...counts]
    .filter(([, count]) => count >= total / 20)
    .sort(([, a], [, b]) => b - a)
    .map(([dtype]) => dtype);
}
