// Reads one number from a model's output, strictly: nothing but the number may be there.
import type { Distribution } from '../distributions/distribution.ts';
import { asciiDigits, strip } from './python-text.ts';
import { stripThinkingTrace } from './thinking.ts';

/** What an output says as a number, or why it says none. */
export interface ParsedNumber {
  readonly valid: boolean;
  /** The number (possibly infinite, where it overflows), or null. */
  readonly value: number | null;
  readonly error: 'empty' | 'malformed' | null;
}

/** Why a number cannot come from a distribution. */
export type ValidationError = 'non_finite' | 'below_support' | 'above_support' | 'non_integer';

const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;

/** Decimal notation with optional sign and exponent, white space around it, any script's digits. */
export function parseSingleNumber(text: string): ParsedNumber {
  const stripped = strip(text);
  if (stripped === '') return { valid: false, value: null, error: 'empty' };
  const ascii = asciiDigits(stripped);
  if (!NUMBER.test(ascii)) return { valid: false, value: null, error: 'malformed' };
  return { valid: true, value: Number(ascii), error: null };
}

/**
 * What the evaluation reads: the number after the thinking trace is taken away.
 * @example
 * import { parseNumberOutput } from 'calibration-lab/scoring';
 *
 * parseNumberOutput('<think>small</think> 0.25').value; // => 0.25
 * parseNumberOutput('about 0.25').error; // => "malformed"
 */
export function parseNumberOutput(output: string): ParsedNumber {
  return parseSingleNumber(stripThinkingTrace(output));
}

/** Comma-separated numbers, each read on its own. */
export function parseBatchNumbers(text: string): (ParsedNumber & { readonly raw: string })[] {
  return strip(text)
    .split(',')
    .map((raw) => ({ raw, ...parseSingleNumber(raw) }));
}

/** How far an integer answer may be off, e.g. from `3.0000000001`. */
const INTEGER_TOLERANCE = 1e-9;

/**
 * Why a number cannot come from the distribution, or null if it can. The support's ends belong to it.
 * @example
 * import { createDistribution } from 'calibration-lab/families';
 * import { validateValue } from 'calibration-lab/scoring';
 *
 * validateValue(createDistribution('poisson', { lambda: 4 }), 2.5); // => "non_integer"
 */
export function validateValue(
  distribution: Pick<Distribution, 'kind' | 'support'>,
  value: number,
): ValidationError | null {
  const [low, high] = distribution.support;
  if (!Number.isFinite(value)) return 'non_finite';
  if (value < low) return 'below_support';
  if (value > high) return 'above_support';
  const offInteger = Math.abs(value - Math.round(value)) > INTEGER_TOLERANCE;
  return distribution.kind === 'discrete' && offInteger ? 'non_integer' : null;
}
