// Every way the lab can fail, as data that crosses worker boundaries intact.
import { InputError, NotANumberError } from '../core/errors.ts';
import { DeviceError, OutOfMemoryError } from '../tensor/device-errors.ts';
import { SourceError, type SourceFailure } from '../model/sources/source-error.ts';

/**
 * - `input`: something the user gave is wrong; `field` names it.
 * - `memory`: the device ran out of it; `device`: the GPU was lost or refuses to work.
 * - `network`: a download failed; `stopped`: the call was given up, or its worker terminated.
 * - `number`: a loss or a score is no number any more; `bug`: ours.
 */
export interface LabError {
  readonly kind: 'input' | 'memory' | 'device' | 'network' | 'stopped' | 'number' | 'bug';
  readonly message: string;
  readonly advice: string;
  /** Dotted path into the experiment. */
  readonly field?: string;
  /** Where a model could not be fetched: how. A `gated` one can be with an access token. */
  readonly source?: SourceFailure;
}

/** A `LabError` on its way to the person. */
export class LabFailure extends Error {
  override readonly name = 'LabFailure';
  constructor(readonly error: LabError) {
    super(error.message);
  }
}

const SMALLER = 'Use a smaller batch, fewer paths or answers, or fewer bins; then run again.';
const AFRESH = 'Reload the page to start the graphics device afresh; finished runs are kept.';

/** Errors that no class tells: those of the JavaScript engine and of `fetch`. */
const KINDS: readonly [kind: LabError['kind'], sign: RegExp, advice: string][] = [
  [
    'memory',
    /out of memory|allocation failed|allocat\w+ .*fail|array buffer allocation|invalid typed array length/i,
    SMALLER,
  ],
  [
    'network',
    /failed to fetch|networkerror|load failed|http \d{3}/i,
    'Check the connection and run again; nothing is lost.',
  ],
];

/** Any thrown value as a `LabError`. */
export function labErrorOf(thrown: unknown): LabError {
  if (thrown instanceof LabFailure) return thrown.error;
  if (thrown instanceof InputError) {
    const { message, advice, field } = thrown;
    return {
      kind: 'input',
      message,
      advice,
      ...(field === undefined ? {} : { field }),
      ...(thrown instanceof SourceError ? failure(thrown.failure) : {}),
    };
  }
  if (thrown instanceof DeviceError) {
    const { message } = thrown;
    return thrown instanceof OutOfMemoryError
      ? { kind: 'memory', message, advice: SMALLER }
      : { kind: 'device', message, advice: AFRESH };
  }
  if (thrown instanceof NotANumberError) {
    const { message, advice } = thrown;
    return { kind: 'number', message, advice };
  }
  if (thrown instanceof DOMException && thrown.name === 'AbortError') {
    const advice = 'Start again when you like; what has come so far is kept.';
    return { kind: 'stopped', message: 'this was given up', advice };
  }
  const message = thrown instanceof Error ? thrown.message || thrown.name : String(thrown);
  for (const [kind, sign, advice] of KINDS) {
    if (sign.test(message)) return { kind, message, advice };
  }
  return {
    kind: 'bug',
    message,
    advice:
      'This is a fault of the lab. Reload the page; if it comes back, report it with this message.',
  };
}

/** A wrong name, or a closed door, is for the person to mend. */
const failure = (source: SourceFailure): Pick<LabError, 'kind' | 'source'> => ({
  kind: source === 'gated' || source === 'missing' ? 'input' : 'network',
  source,
});
