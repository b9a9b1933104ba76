// Why a model could not be fetched: an InputError that also says which kind of failure it was.
import { InputError } from '../../core/errors.ts';

/**
 * - `gated`: a token or an accepted licence is needed; `missing`: no such repository, revision or file.
 * - `busy`: the server asks for patience; `server`: it answered something else than the file.
 * - `offline`: it cannot be reached, or breaks off again and again.
 * - `damaged`: what came is not what the source promised.
 */
export type SourceFailure = 'gated' | 'missing' | 'busy' | 'server' | 'offline' | 'damaged';

export class SourceError extends InputError {
  constructor(
    readonly failure: SourceFailure,
    message: string,
    advice: string,
  ) {
    super(message, advice, 'model');
  }
}

/** Whether something thrown is a source's failure of one of these kinds. */
export const failedAs = (thrown: unknown, ...kinds: readonly SourceFailure[]): boolean =>
  thrown instanceof SourceError && kinds.includes(thrown.failure);
