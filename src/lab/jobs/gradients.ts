// The job `gradients`: a training loss and its gradient for every tensor of an adapter.
import { InputError } from '../../core/errors.ts';
import { workedInOrder } from '../../core/in-order.ts';
import { peftName } from '../../model/adapter/peft.ts';
import * as tf from '../../tensor/tf.ts';
import { summed } from '../../training/passes.ts';
import type { LaneThreads } from '../study/lanes/lane-messages.ts';
import { ModelPool } from '../study/lanes/model-pool.ts';
import type { AdaptedModel } from './adapted-model.ts';
import { trainingExamples } from './training-examples.ts';

export interface GradientsEvent {
  readonly type: 'gradients';
  readonly loss: number;
  /** By PEFT name. */
  readonly gradients: ReadonlyMap<
    string,
    { readonly shape: number[]; readonly data: Float32Array }
  >;
}

/** With fewer examples a copy of the model comes too late to be of help. */
const SHARED_FROM = 8;

/**
 * `soft`: mean over examples of the mean over steps of KL(target || softmax(logits / tau)), targets
 * raised to at least 1e-8 and renormalised. `hard`: cross-entropy averaged over all completion
 * tokens. `objective`: mean over examples of a function of the probabilities of whole answers. Without
 * dropout.
 * @throws InputError naming the field, or where there is no adapter
 */
export async function* gradients(
  { decoder, adapter }: AdaptedModel,
  untrusted: unknown,
  { signal, threads }: { readonly signal?: AbortSignal; readonly threads?: LaneThreads } = {},
): AsyncGenerator<GradientsEvent> {
  if (adapter === undefined) {
    throw new InputError('there is no adapter', 'Give the adapter to differentiate.', 'adapter');
  }
  const model = { decoder, adapter };
  const { kind, tau, examples, loss: known } = await trainingExamples(untrusted, model, signal);
  const normalizer = examples.reduce((sum, { supervision }) => sum + supervision.normalizer, 0);
  const isShared = examples.length >= SHARED_FROM && tf.getBackend() !== 'webgpu';
  const pool = new ModelPool(decoder, isShared ? threads : undefined);
  try {
    const parts = workedInOrder(examples, pool.together, (example) => {
      const pass = { examples: [example], normalizer, kind, temperature: tau };
      return pool.ask('pass', pass, { adapter, signal });
    });
    const { loss, gradient } = await summed(parts);
    const gradients = [...adapter.split(gradient)];
    yield {
      type: 'gradients',
      loss: known ?? loss,
      gradients: new Map(
        gradients.map(([name, { shape, values: data }]) => [peftName(name), { shape, data }]),
      ),
    };
  } finally {
    pool.dispose();
  }
}
