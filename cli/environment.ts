// What the numbers of a run come from, for its results. The backend has passed the self-test.
import type { Environment } from '../src/lab/events.ts';
import type { StartedBackend } from '../src/tensor/backend.ts';
import * as tf from '../src/tensor/tf.ts';

export function environmentOf({ name, adapter }: StartedBackend, model: string): Environment {
  return {
    backend: name,
    adapter,
    model,
    selfTest: 'passed',
    versions: { node: process.versions.node, tfjs: tf.version_core },
  };
}
