// Errors that a worker throws reach its caller as the same `LabFailure`. Comlink by itself would carry
// their text alone. Imported for its effect by both sides.
import * as Comlink from 'comlink';
import { labErrorOf, LabFailure, type LabError } from './lab-error.ts';

const standard = Comlink.transferHandlers.get('throw')!;
const handler: Comlink.TransferHandler<{ value: unknown }, LabError> = {
  canHandle: (value): value is { value: unknown } => standard.canHandle(value),
  serialize: ({ value }) => [labErrorOf(value), []],
  deserialize(error) {
    throw new LabFailure(error);
  },
};
Comlink.transferHandlers.set('throw', handler);
