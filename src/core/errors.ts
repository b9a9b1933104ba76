// The one error type that user input may cause, in the page and in the terminal.

/**
 * Something the user gave is wrong: a parameter, a file, a configuration, a URL.
 * `message` says what is wrong (naming the field and the offending value), `advice` what to do.
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
