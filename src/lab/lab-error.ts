// Every way the lab can fail, as data that crosses worker boundaries intact.
import { InputError, NotANumberError } from '../core/errors.ts';
import { SourceError, type SourceFailure } from '../model/sources/source-error.ts';
import {
  DeviceError,
  DeviceLostError,
  NoDeviceError,
  OutOfMemoryError,
  ProgramError,
  WrongResultError,
} from '../tensor/device-errors.ts';

interface Explained {
  readonly message: string;
  readonly advice: string;
  /** Dotted path into the experiment, where something the user gave is wrong. */
  readonly field?: string;
  /** Where a model could not be fetched: how. A `gated` one can be with an access token. */
  readonly source?: SourceFailure;
}

/**
 * - `input`: something the user gave is wrong; `network`: a download failed.
 * - `memory`: what computes ran out of it; `device`: it failed otherwise, see `fault`.
 * - `worker`: the worker died, or is silent though it should answer.
 * - `number`: a loss or a score is no number any more.
 * - `stopped`: the call was given up, or its worker terminated; `bug`: ours.
 */
export type LabError = Explained &
  (
    | { readonly kind: 'input' | 'network' | 'memory' | 'number' | 'stopped' | 'bug' }
    | {
        readonly kind: 'device';
        readonly fault: 'lost' | 'program' | 'wrong' | 'missing' | 'other';
      }
    | { readonly kind: 'worker'; readonly fault: 'dead' | 'silent' }
  );

/** A `LabError` on its way to the person. */
export class LabFailure extends Error {
  override readonly name = 'LabFailure';
  constructor(readonly error: LabError) {
    super(error.message);
  }
}

const SMALLER = 'Use a smaller batch, fewer paths or answers, or fewer bins; then run again.';
const AFRESH = 'Resume the run; if that fails, reload the page to start the device afresh.';

/** Any thrown value as a `LabError`, told by its class. */
export function labErrorOf(thrown: unknown): LabError {
  if (thrown instanceof LabFailure) return thrown.error;
  if (thrown instanceof InputError) return inputError(thrown);
  const message = thrown instanceof Error ? thrown.message || thrown.name : String(thrown);
  if (thrown instanceof NotANumberError) return { kind: 'number', message, advice: thrown.advice };
  // The engine throws these where it has no room for an array, and nothing in the lab does.
  if (thrown instanceof OutOfMemoryError || thrown instanceof RangeError) {
    return { kind: 'memory', message, advice: SMALLER };
  }
  if (thrown instanceof DeviceError || thrown instanceof WebAssembly.RuntimeError) {
    return { kind: 'device', fault: faultOf(thrown), message, advice: AFRESH };
  }
  if (thrown instanceof DOMException && thrown.name === 'AbortError') {
    const advice = 'Start again when you like; what has come so far is kept.';
    return { kind: 'stopped', message: 'this was given up', advice };
  }
  return {
    kind: 'bug',
    message,
    advice:
      'This is a fault of the lab. Reload the page; if it comes back, report it with this message.',
  };
}

/** A wrong name, or a closed door, is for the person to mend; other failures of a source pass. */
function inputError(thrown: InputError): LabError {
  const { message, advice, field } = thrown;
  const named = { message, advice, ...(field !== undefined && { field }) };
  if (!(thrown instanceof SourceError)) return { kind: 'input', ...named };
  const { failure: source } = thrown;
  const mendable = source === 'gated' || source === 'missing';
  return { kind: mendable ? 'input' : 'network', ...named, source };
}

function faultOf(thrown: Error): Extract<LabError, { kind: 'device' }>['fault'] {
  if (thrown instanceof DeviceLostError) return 'lost';
  if (thrown instanceof ProgramError) return 'program';
  if (thrown instanceof WrongResultError) return 'wrong';
  return thrown instanceof NoDeviceError ? 'missing' : 'other';
}
