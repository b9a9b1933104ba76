// A lane on a thread of its own: keeps a copy of the model and answers calls, one after the other.
import { LoraAdapter } from '../../../model/adapter/lora.ts';
import { Decoder } from '../../../model/decoder/decoder.ts';
import { DecoderWeights } from '../../../model/decoder/decoder-weights.ts';
import { bytesOf, placeWeight } from '../../../model/decoder/plain-weights.ts';
import type { BackendName } from '../../../tensor/backend.ts';
import * as tf from '../../../tensor/tf.ts';
import { LANE_CALLS } from './lane-calls.ts';
import type { FromLane, ToLane } from './lane-messages.ts';

/**
 * @param start starts a backend. Its self-test has passed where the study runs, with the same binaries
 *   on the same processor.
 * @returns what is to hear every message, in their order
 */
export function serveLane(
  post: (message: FromLane) => void,
  start: (backend: BackendName) => Promise<unknown>,
): (message: ToLane) => void {
  let decoder: Decoder | undefined;
  let adapter: LoraAdapter | undefined;

  const hear = async (message: ToLane): Promise<void> => {
    switch (message.type) {
      case 'model':
        await start(message.backend);
        decoder = new Decoder(message.spec, new DecoderWeights());
        return;
      case 'weight':
        placeWeight(decoder!.weights, message.weight);
        return post({ type: 'taken', bytes: bytesOf(message.weight) });
      case 'adapter': {
        const { modules, values } = message;
        if (modules) {
          adapter?.dispose();
          adapter = LoraAdapter.empty(decoder!.spec, modules);
        }
        return adapter!.replace(tf.tensor1d(values));
      }
      case 'call': {
        const { id, name, input, adapted } = message;
        try {
          const call = LANE_CALLS[name];
          const context = adapted ? { adapter } : {};
          post({ type: 'answer', id, output: await call(decoder!, input as never, context) });
        } catch {
          // It is done again where the study runs, where what goes wrong can be told.
          post({ type: 'failed', id });
        }
      }
    }
  };
  let done = Promise.resolve();
  return (message) => {
    done = done.then(() => hear(message));
    // An error of anything but a call is the thread's own, which is noticed.
    done.catch((error: Error) =>
      setTimeout(() => {
        throw error;
      }),
    );
  };
}
