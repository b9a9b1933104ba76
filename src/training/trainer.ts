// The training loop: one async generator for soft targets, hard targets and pretraining alike.
import { InputError } from '../core/errors.ts';
import type { RandomState, RandomStream } from '../core/random.ts';
import { RandomStream as Stream, randomStream } from '../core/random.ts';
import type { Decoder } from '../model/decoder.ts';
import { Dropout } from '../model/lora.ts';
import type { LoraAdapter } from '../model/lora.ts';
import { Gradients } from '../model/parameters.ts';
import type { Parameters } from '../model/parameters.ts';
import { trieLoss } from '../tensor/ops/trie-loss.ts';
import type { LossKind } from '../tensor/ops/trie-loss.ts';
import * as tf from '../tensor/tf.ts';
import { AdamW, flatten } from './adamw.ts';
import type { AdamWOptions, AdamWState } from './adamw.ts';
import { pack } from '../model/pack.ts';
import type { Example } from '../model/pack.ts';

/** The examples of one optimizer step and what their summed loss is divided by. */
export interface StepBatch {
  /** Each group is one forward and backward pass; their gradients add up. */
  readonly groups: readonly (readonly Example[])[];
  /** E.g. the number of paths (soft) or of answer tokens (hard). */
  readonly normalizer: number;
  readonly promptTokens: number;
  readonly answerTokens: number;
}

export interface TrainerOptions {
  readonly decoder: Decoder;
  /** Trained instead of the decoder's weights where given. */
  readonly adapter?: LoraAdapter;
  /** Dropout rate on the adapter's input. */
  readonly dropout?: number;
  readonly steps: number;
  /** A pure function of the step, so that a run can be continued anywhere. */
  readonly batch: (step: number) => StepBatch;
  readonly learningRate: (step: number) => number;
  readonly loss: LossKind;
  readonly optimizer: AdamWOptions;
  readonly seed: number;
  /** The loss is read back once in so many steps; reading waits for the device. */
  readonly reportEvery?: number;
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
  /** Snapshot of the run after this step; to be taken before the next report is asked for. */
  readonly state: () => Promise<TrainerState>;
}

/** All that a run needs to go on as if it had not stopped; plain data. */
export interface TrainerState {
  readonly step: number;
  readonly promptTokens: number;
  readonly answerTokens: number;
  readonly dropout: RandomState;
  readonly optimizer: AdamWState;
  readonly parameters: ReadonlyMap<string, { shape: number[]; values: Float32Array }>;
}

/**
 * Trains in place and reports every few steps. Between any two steps the loop gives way to the
 * event loop and heeds `signal`: an aborted run ends with the signal's reason, its state intact.
 * @throws InputError if `resume` is the state of other parameters
 */
export async function* train(options: TrainerOptions): AsyncGenerator<StepReport> {
  const { decoder, adapter, steps, reportEvery = 5, signal, resume } = options;
  const parameters = adapter?.parameters ?? decoder.weights;
  const names = [...parameters.keys()];
  if (resume) restore(parameters, resume);
  const optimizer = new AdamW(parameters, names, options.optimizer, resume?.optimizer);
  const random = resume ? new Stream(resume.dropout) : randomStream(options.seed, 'dropout');
  let promptTokens = resume?.promptTokens ?? 0;
  let answerTokens = resume?.answerTokens ?? 0;
  const pending: tf.Scalar[] = [];

  try {
    for (let step = resume?.step ?? 0; step < steps; step++) {
      await nextTask();
      signal?.throwIfAborted();
      const batch = options.batch(step);
      const learningRate = options.learningRate(step);
      const [loss, gradient] = stepGradient(options, names, batch, random);
      pending.push(loss);
      const reduced = options.reduce ? await reduceWith(options.reduce, gradient) : gradient;
      optimizer.apply(reduced, learningRate);
      reduced.dispose();
      promptTokens += batch.promptTokens;
      answerTokens += batch.answerTokens;
      const done = step + 1;
      if (done % reportEvery !== 0 && done !== steps) continue;
      const state = async (): Promise<TrainerState> => ({
        step: done,
        promptTokens,
        answerTokens,
        dropout: random.state,
        optimizer: await optimizer.state(),
        parameters: await snapshot(parameters),
      });
      yield {
        step: done,
        steps,
        loss: await meanOf(pending),
        learningRate,
        promptTokens,
        answerTokens,
        state,
      };
    }
  } finally {
    tf.dispose(pending);
    optimizer.dispose();
  }
}

/** Loss and flat gradient of one step; the caller disposes both. */
function stepGradient(
  { decoder, adapter, dropout = 0, loss: kind }: TrainerOptions,
  names: readonly string[],
  { groups, normalizer }: StepBatch,
  random: RandomStream,
): [tf.Scalar, tf.Tensor1D] {
  return tf.tidy(() => {
    const gradients = new Gradients(names);
    const losses = groups.map((group) =>
      accumulate(decoder, group, normalizer, gradients, {
        kind,
        ...(adapter && { adapter }),
        ...(dropout > 0 && { dropout: new Dropout(dropout, random) }),
      }),
    );
    const parameters = adapter?.parameters ?? decoder.weights;
    const gradient = flatten(names.map((name) => gradients.get(name, parameters.get(name)!.shape)));
    return [tf.addN(losses) as tf.Scalar, gradient];
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

/** Forward and backward over one group of rows: adds to `gradients`, returns the loss. */
export function accumulate(
  decoder: Decoder,
  examples: readonly Example[],
  normalizer: number,
  gradients: Gradients,
  options: { kind: LossKind; adapter?: LoraAdapter; dropout?: Dropout; temperature?: number },
): tf.Scalar {
  const { kind, temperature = 1, ...context } = options;
  const { batch, targets } = pack(examples, normalizer);
  const pass = decoder.forward(batch, { ...context, training: true });
  const { loss, gradient } = trieLoss(pass.hidden, decoder.head, targets, kind, {
    temperature,
  });
  const { dHidden, dHead } = gradient(1, gradients.wants(decoder.headName));
  if (dHead !== undefined) gradients.add(decoder.headName, dHead);
  pass.backward(dHidden, gradients);
  return loss;
}

/** Lets messages, timers and cancellation be heard. */
function nextTask(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

/** Reads and disposes the losses. */
async function meanOf(pending: tf.Scalar[]): Promise<number> {
  const mean = tf.tidy(() => tf.div(tf.addN(pending), pending.length));
  tf.dispose(pending.splice(0));
  const [value] = await mean.data();
  mean.dispose();
  return value!;
}

/** The values of all parameters, as plain data. */
async function snapshot(parameters: Parameters): Promise<TrainerState['parameters']> {
  const entries = [...parameters].map(async ([name, tensor]) => {
    const values = (await tensor.data()) as Float32Array;
    return [name, { shape: tensor.shape, values }] as const;
  });
  return new Map(await Promise.all(entries));
}

/** @throws InputError if the stored parameters are not those of the model, and changes nothing then */
function restore(parameters: Parameters, { parameters: stored }: TrainerState): void {
  const describe = (shapes: Iterable<readonly [string, { shape: number[] }]>) =>
    JSON.stringify(Array.from(shapes, ([name, { shape }]) => [name, shape]).sort());
  if (describe(stored) !== describe(parameters)) {
    throw new InputError(
      'the stored state belongs to another model or adapter',
      'Continue it with the settings it was made with, or start again.',
      'resume',
    );
  }
  for (const [name, { shape, values }] of stored) {
    parameters.get(name)!.dispose();
    parameters.set(name, tf.keep(tf.tensor(values, shape)));
  }
}
