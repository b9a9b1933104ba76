// The training loop: one async generator for soft targets, hard targets and pretraining alike.
import { InputError, NotANumberError } from '../core/errors.ts';
import type { Decoder } from '../model/decoder/decoder.ts';
import type { LoraAdapter } from '../model/adapter/lora.ts';
import type { Example } from '../model/decoder/pack.ts';
import type { LossKind } from '../tensor/ops/trie-loss/trie-loss.ts';
import { sumTensors } from '../tensor/sum-tensors.ts';
import * as tf from '../tensor/tf.ts';
import { AdamW } from './adamw.ts';
import type { AdamWOptions, AdamWState } from './adamw.ts';
import { nextTask } from './next-task.ts';
import { accumulate, onePasses, passDropout, summed } from './passes.ts';
import type { Pass, PassGradient } from './passes.ts';
import { AdapterValues, WeightValues } from './trained-values.ts';
import type { TrainedValues, ValuesByName } from './trained-values.ts';

/** The examples of one optimizer step and what their summed loss is divided by. */
export interface StepBatch {
  /** Each group is one forward and backward pass; their gradients add up. */
  readonly groups: readonly (readonly Example[])[];
  /** E.g. the number of paths (soft) or of answer tokens (hard). */
  readonly normalizer: number;
  readonly promptTokens: number;
  readonly answerTokens: number;
  /** The loss of the batch, where it is another than its targets' own. */
  readonly loss?: number;
  /** What stands in for the targets that are meant, while the model is not ready for them. */
  readonly warmUp?: string;
}

export interface TrainerOptions {
  readonly decoder: Decoder;
  /** Trained instead of the decoder's weights where given. */
  readonly adapter?: LoraAdapter;
  /** Dropout rate on the adapter's input. */
  readonly dropout?: number;
  readonly steps: number;
  /** A pure function of the step and of the model before it, so that a run can be continued anywhere. */
  readonly batch: (step: number) => StepBatch | Promise<StepBatch>;
  readonly learningRate: (step: number) => number;
  readonly loss: LossKind;
  /**
   * Keeps only the inputs of layers between the passes: slower, with far less memory. Where it is left
   * out, passes decide by what they would keep.
   */
  readonly recompute?: boolean;
  readonly optimizer: AdamWOptions;
  readonly seed: number;
  /** The loss is read back once in so many steps; reading waits for the device. */
  readonly reportEvery?: number;
  /**
   * Does the passes of a step, each example by itself, wherever there is a copy of the model; what they
   * come to is added up in their order. Without it they are done here, whole groups at once.
   */
  readonly passes?: (passes: readonly Pass[]) => AsyncIterable<PassGradient>;
  /** Adds up the gradients of several trainers that share a step, so that all apply the same sum. */
  readonly reduce?: (gradient: Float32Array) => Promise<Float32Array>;
  readonly signal?: AbortSignal;
  readonly resume?: TrainerState;
}

export interface StepReport {
  /** Steps done, from 1. */
  readonly step: number;
  readonly steps: number;
  /** Mean loss over the steps since the last report. */
  readonly loss: number;
  readonly learningRate: number;
  /** Tokens fed since the run began: prompts, and answer nodes. */
  readonly promptTokens: number;
  readonly answerTokens: number;
  /** What the last warm-up step since the last report was taught by; absent where there was none. */
  readonly warmUp?: string;
  /** Snapshot of the run after this step; to be taken before the next report is asked for. */
  readonly state: () => Promise<TrainerState>;
}

/** All that a run needs to go on as if it had not stopped; plain data. */
export interface TrainerState {
  readonly step: number;
  readonly promptTokens: number;
  readonly answerTokens: number;
  readonly optimizer: AdamWState;
  readonly parameters: ValuesByName;
}

/**
 * Trains in place and reports every few steps. Between any two steps the loop gives way to the
 * event loop and heeds `signal`: an aborted run ends with the signal's reason, its state intact.
 * @throws InputError if `resume` is the state of other parameters
 * @throws NotANumberError at the report after the first loss that is no number; its `state` throws
 *   where a trained value is none, so that no such state is kept
 */
export async function* train(options: TrainerOptions): AsyncGenerator<StepReport> {
  const { decoder, adapter, steps, reportEvery = 5, signal, resume } = options;
  const values = adapter ? new AdapterValues(adapter) : new WeightValues(decoder);
  if (resume) restore(values, resume);
  const optimizer = new AdamW(values, options.optimizer, resume?.optimizer);
  let promptTokens = resume?.promptTokens ?? 0;
  let answerTokens = resume?.answerTokens ?? 0;
  const pending: tf.Scalar[] = [];
  let warmUp: string | undefined;

  try {
    for (let step = resume?.step ?? 0; step < steps; step++) {
      await nextTask();
      signal?.throwIfAborted();
      const batch = await options.batch(step);
      warmUp = batch.warmUp ?? warmUp;
      const learningRate = options.learningRate(step);
      const [loss, gradient] = await stepGradient(options, values, batch, step);
      pending.push(loss);
      const reduced = options.reduce ? await reduceWith(options.reduce, gradient) : gradient;
      optimizer.apply(reduced, learningRate);
      reduced.dispose();
      promptTokens += batch.promptTokens;
      answerTokens += batch.answerTokens;
      const done = step + 1;
      if (done % reportEvery !== 0 && done !== steps) continue;
      const state = async (): Promise<TrainerState> => {
        const state = {
          step: done,
          promptTokens,
          answerTokens,
          optimizer: await optimizer.state(),
          parameters: await values.read(),
        };
        checkState(state);
        return state;
      };
      yield {
        step: done,
        steps,
        loss: await meanOf(pending, done),
        learningRate,
        promptTokens,
        answerTokens,
        ...(warmUp !== undefined && { warmUp }),
        state,
      };
      warmUp = undefined;
    }
  } finally {
    tf.dispose(pending);
    optimizer.dispose();
    values.dispose();
  }
}

/** Loss and flat gradient of one step; the caller disposes both. */
async function stepGradient(
  options: TrainerOptions,
  values: TrainedValues,
  { groups, normalizer, loss: known }: StepBatch,
  step: number,
): Promise<[tf.Scalar, tf.Tensor1D]> {
  const { decoder, adapter, dropout = 0, loss: kind, recompute, seed, passes: elsewhere } = options;
  const passes = groups.map((examples, i): Pass => ({
    ...{ examples, normalizer, kind },
    ...(dropout > 0 && { dropout: passDropout(dropout, seed, step, i) }),
  }));
  if (elsewhere) {
    const { loss, gradient } = await summed(elsewhere(passes.flatMap(onePasses)));
    return [tf.scalar(known ?? loss), tf.tensor1d(gradient)];
  }
  return tf.tidy(() => {
    const gradients = values.gradients();
    const losses = passes.map(({ examples, dropout: dropped }) =>
      accumulate(decoder, examples, normalizer, gradients, {
        kind,
        ...(dropped && { dropout: dropped }),
        ...(recompute !== undefined && { recompute }),
        ...(adapter && { adapter }),
      }),
    );
    const loss = known === undefined ? sumTensors(losses) : tf.scalar(known);
    return [loss, values.collected(gradients)] as [tf.Scalar, tf.Tensor1D];
  });
}

async function reduceWith(
  reduce: NonNullable<TrainerOptions['reduce']>,
  gradient: tf.Tensor1D,
): Promise<tf.Tensor1D> {
  const values = (await gradient.data()) as Float32Array;
  gradient.dispose();
  return tf.tensor1d(await reduce(values));
}

/** Reads and disposes the losses of the steps up to `done`. @throws NotANumberError naming the first */
async function meanOf(pending: tf.Scalar[], done: number): Promise<number> {
  const losses = pending.splice(0);
  const mean = tf.tidy(() => tf.div(sumTensors(losses), losses.length));
  try {
    const [value] = await mean.data();
    if (Number.isFinite(value)) return value!;
    const each = await Promise.all(losses.map((loss) => loss.data()));
    const first = each.findIndex(([loss]) => !Number.isFinite(loss));
    throw new NotANumberError('the loss', done - losses.length + 1 + Math.max(0, first));
  } finally {
    tf.dispose([mean, losses]);
  }
}

/** @throws NotANumberError if a parameter or a moment is none */
function checkState({ step, parameters, optimizer: { first, second } }: TrainerState): void {
  for (const [name, { values }] of parameters) {
    if (!values.every(Number.isFinite)) throw new NotANumberError(`a value of ${name}`, step);
  }
  if (![first, second].every((moments) => moments.every(Number.isFinite))) {
    throw new NotANumberError('the state of the optimizer', step);
  }
}

/** @throws InputError if the stored parameters are not those that are to be trained; changes nothing then */
function restore(values: TrainedValues, { parameters }: TrainerState): void {
  const described = (sizes: Iterable<readonly [string, number]>) =>
    JSON.stringify(Array.from(sizes, (entry) => JSON.stringify(entry)).sort());
  const stored = [...parameters].map(([name, entry]) => [name, entry.values.length] as const);
  if (described(stored) === described(values.sizes)) return values.write(parameters);
  values.dispose();
  throw new InputError(
    'the stored state belongs to another model or adapter',
    'Continue it with the settings it was made with, or start again.',
    'resume',
  );
}
