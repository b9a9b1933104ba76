// The errors that the page and the terminal explain: what user input causes, and what computing does.

/**
 * Something the user gave is wrong: a parameter, a file, a configuration, a URL.
 * `message` says what is wrong (naming the field and the offending value), `advice` what to do.
 * @example
 * import { createDistribution, InputError } from 'calibration-lab/core';
 *
 * try {
 *   createDistribution('beta', { alpha: -1, beta: 5 });
 * } catch (error) {
 *   if (!(error instanceof InputError)) throw error;
 *   error.field; // => "params.alpha"
 *   error.advice; // => "change alpha"
 * }
 */
export class InputError extends Error {
  override readonly name = 'InputError';
  constructor(
    message: string,
    readonly advice: string,
    /** Dotted path of the offending field, e.g. `data.decimals` or `params.sigma`. */
    readonly field?: string,
  ) {
    super(message);
  }
}

const LOWER_RATE =
  'Use a lower learning rate or a longer warm-up; the last good checkpoint is kept.';

/** A loss, a score or a trained value is no number any more, though nothing that was given is wrong. */
export class NotANumberError extends Error {
  override readonly name = 'NotANumberError';
  constructor(
    /** E.g. `the loss`. */
    readonly what: string,
    /** Optimizer steps taken when it was found. */
    readonly step: number,
    readonly advice = LOWER_RATE,
  ) {
    super(`${what} is not a number ${step === 0 ? 'before the first step' : `at step ${step}`}`);
  }

  /** The same, naming whose it is. */
  of(owner: string): NotANumberError {
    return new NotANumberError(`${this.what} of ${owner}`, this.step, this.advice);
  }
}
