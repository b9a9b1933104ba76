// The job `gradients`: a training loss and its gradient for every tensor of an adapter.
import { InputError } from '../../core/errors.ts';
import { peftName } from '../../model/adapter/peft.ts';
import * as tf from '../../tensor/tf.ts';
import { AdapterValues } from '../../training/trained-values.ts';
import { accumulate } from '../../training/passes.ts';
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

/** Examples per pass: bounds the activations that exist at once. */
const ROWS = 8;

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
  signal?: AbortSignal,
): AsyncGenerator<GradientsEvent> {
  if (adapter === undefined) {
    throw new InputError('there is no adapter', 'Give the adapter to differentiate.', 'adapter');
  }
  const model = { decoder, adapter };
  const { kind, tau, examples, loss: known } = await trainingExamples(untrusted, model, signal);
  const normalizer = examples.reduce((sum, { supervision }) => sum + supervision.normalizer, 0);
  const values = new AdapterValues(adapter);
  const sum = new Float64Array(adapter.values.size);
  let total = 0;
  for (let first = 0; first < examples.length; first += ROWS) {
    signal?.throwIfAborted();
    const group = examples.slice(first, first + ROWS);
    const [loss, part] = tf.tidy(() => {
      const sink = values.gradients();
      const value = accumulate(decoder, group, normalizer, sink, {
        kind,
        adapter,
        temperature: tau,
      });
      return [value, values.collected(sink)] as tf.Tensor[];
    });
    total += (await loss!.data())[0]!;
    (await part!.data()).forEach((value, i) => (sum[i]! += value));
    tf.dispose([loss!, part!]);
  }
  const gradients = [...adapter.split(Float32Array.from(sum))];
  yield {
    type: 'gradients',
    loss: known ?? total,
    gradients: new Map(
      gradients.map(([name, { shape, values: data }]) => [peftName(name), { shape, data }]),
    ),
  };
}
