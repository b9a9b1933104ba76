// Whether a model fits into this machine's memory, and what would make it fit.
import type { DecoderSpec } from '../spec/decoder-spec.ts';
import { weightShapes } from '../spec/decoder-spec.ts';
import { FORMS } from '../../tensor/matrix.ts';
import type { WeightForms } from '../decoder/decoder-weights.ts';
import { weightBytes } from '../memory-estimate.ts';
import type { ModelCheckpoint } from '../model-folder.ts';
import { keptWeights, WEIGHT_CHOICES, type WeightChoice } from '../weight-forms.ts';

export interface MemoryOptions {
  /** How matrices are kept. */
  readonly weights: WeightForms;
  /** Prompts per optimizer step. */
  readonly batch: number;
}

/** Predicted peaks in bytes, weights included. */
export interface MemoryEstimate {
  readonly training: number;
  readonly scoring: number;
}

export type MemoryEstimator = (spec: DecoderSpec, options: MemoryOptions) => MemoryEstimate;

export type Verdict =
  | { readonly kind: 'fits' }
  /** It does not as asked for, but it would with weights of fewer bits, with a smaller batch, or both. */
  | {
      readonly kind: 'fits with';
      readonly format: WeightChoice;
      readonly batch: number;
      readonly reason: string;
    }
  | { readonly kind: 'refused'; readonly reason: string; readonly advice: string };

/** What the machine can do. */
export interface MemoryPlan {
  readonly batch: number;
  /** Bytes that the lab may use here. */
  readonly limit: number;
  /** Whether the backend keeps bfloat16 as it is; others widen it. */
  readonly keepsBf16: boolean;
  readonly estimate: MemoryEstimator;
}

export function parameterCount(spec: DecoderSpec): number {
  return [...weightShapes(spec).values()].reduce(
    (sum, shape) => sum + shape.reduce((product, extent) => product * extent, 1),
    0,
  );
}

/** Why not even the weights fit in their smallest form; undefined where they do. */
export function hopeless(spec: DecoderSpec, { limit }: MemoryPlan): Verdict | undefined {
  const parameters = parameterCount(spec);
  const bytes = weightBytes(spec, 'int4');
  if (bytes <= limit) return undefined;
  return {
    kind: 'refused',
    reason: `Its ${count(parameters)} parameters take ${gigabytes(bytes)} even in 4 bits, more than the ${gigabytes(limit)} that the lab may use here.`,
    advice: 'Choose a smaller model.',
  };
}

export function verdictFor(checkpoint: ModelCheckpoint, plan: MemoryPlan): Verdict {
  const { batch, limit, keepsBf16 } = plan;
  const { spec } = checkpoint;
  const formsOf = (choice: WeightChoice) => keptWeights(checkpoint, choice, keepsBf16).forms;
  const stored = formsOf('stored');
  const asked = peak(spec, { weights: stored, batch }, plan);
  if (asked <= limit) return { kind: 'fits' };
  const reason = `Training needs about ${gigabytes(asked)}, and the lab may use ${gigabytes(limit)} here.`;
  const smaller = WEIGHT_CHOICES.filter(
    (choice) =>
      choice === 'stored' || weightBytes(spec, formsOf(choice)) < weightBytes(spec, stored),
  );
  for (const format of smaller) {
    const weights = formsOf(format);
    for (let fewer = batch; fewer >= 1; fewer = Math.floor(fewer / 2)) {
      if (peak(spec, { weights, batch: fewer }, plan) > limit) continue;
      return { kind: 'fits with', format, batch: fewer, reason };
    }
  }
  const last = smaller.at(-1)!;
  return {
    kind: 'refused',
    reason,
    advice: `Not even one prompt at a time${last === 'stored' ? '' : ` with weights in ${FORMS[last].bits} bits`} would fit: choose a smaller model.`,
  };
}

const peak = (spec: DecoderSpec, options: MemoryOptions, { estimate }: MemoryPlan) =>
  Math.max(...Object.values(estimate(spec, options)));

export const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(bytes < 1e9 ? 2 : 1)} GB`;

const count = (n: number) =>
  n >= 1e9 ? `${(n / 1e9).toFixed(1)} billion` : `${(n / 1e6).toFixed(1)} million`;
