// The self-test of a run's programs on WebGPU inside Chromium: broken ones are refused, none is untested.
import { afterEach, beforeAll, expect, test } from 'vitest';
import { decoderSpecFrom } from '../../src/model/families/index.ts';
import { startBackend } from '../../src/tensor/backend.ts';
import { WrongResultError } from '../../src/tensor/device-errors.ts';
import * as tf from '../../src/tensor/tf.ts';
import { FORMS } from '../../src/tensor/matrix.ts';
import { testPrograms } from '../../src/training/self-test.ts';
import { loadLanguageModel } from '../../src/model/language-model.ts';
import { ALL_FORMS } from '../support/operations/tensors.ts';
import { sameForms, studiedAndTested } from '../support/tested-programs.ts';
import { tinyFolder } from '../support/tiny-folder.ts';
import { BROKEN, BROKEN_CODES } from '../support/broken-programs.ts';

/** What the device was asked to make, by the programs' names. */
const made = new Map<string, { readonly code: string; pipeline?: GPUComputePipeline }>();
const wishes = new Map<string, GPUComputePipelineDescriptor>();
/** Pipelines in whose place others are run. */
const replaced = new Map<GPUComputePipeline, GPUComputePipeline>();

/** Listens to what programs are made of; pipelines can be exchanged where they are used. */
function intercept(): void {
  const { createShaderModule, createComputePipeline } = GPUDevice.prototype;
  GPUDevice.prototype.createShaderModule = function (wish) {
    made.set(wish.label!, { code: wish.code });
    return createShaderModule.call(this, wish);
  };
  GPUDevice.prototype.createComputePipeline = function (wish) {
    const pipeline = createComputePipeline.call(this, wish);
    made.get(wish.label!)!.pipeline = pipeline;
    wishes.set(wish.label!, wish);
    return pipeline;
  };
  const { setPipeline } = GPUComputePassEncoder.prototype;
  GPUComputePassEncoder.prototype.setPipeline = function (pipeline) {
    setPipeline.call(this, replaced.get(pipeline) ?? pipeline);
  };
}

const SPEC = decoderSpecFrom({
  model_type: 'qwen3',
  ...{ vocab_size: 1024, hidden_size: 128, intermediate_size: 448, num_hidden_layers: 4 },
  ...{ num_attention_heads: 4, num_key_value_heads: 4, head_dim: 32, tie_word_embeddings: true },
});

const SUBJECT = {
  spec: SPEC,
  forms: sameForms(SPEC, FORMS.bf16),
  adapter: { rank: 16, alpha: 32, dropout: 0.05, targets: ['q', 'k', 'v', 'o'] },
} as const;

/** As quantised files are: of one kind of matrix some have more bits than the others. */
const CODED = {
  ...SUBJECT,
  forms: new Map([
    ...sameForms(SPEC, FORMS.int4),
    ['layers.mlpIn.weight', [FORMS.int4, ALL_FORMS['int8 by 16 above']]],
  ]),
};

const CASES = [
  ...BROKEN.map((broken) => ({ ...broken, subject: SUBJECT })),
  ...BROKEN_CODES.map((broken) => ({ ...broken, subject: CODED })),
];

let device: GPUDevice;
beforeAll(async () => {
  intercept();
  await startBackend(['webgpu']);
  ({ device } = tf.backend() as unknown as { device: GPUDevice });
  const before = tf.memory().numTensors;
  const began = performance.now();
  const programs = await testPrograms(SUBJECT);
  console.log(`${programs.size} programs in ${performance.now() - began} ms`);
  expect(tf.memory().numTensors).toBe(before);
}, 600_000);

afterEach(() => replaced.clear());

test.each(CASES)('K3: $program, $fault: refused by name', async (broken) => {
  const { program, from, to, subject } = broken;
  const named = () => [...made.keys()].filter((label) => label.startsWith(program)).sort();
  if (named().length === 0) await testPrograms(subject);
  const [name] = named();
  const { code, pipeline } = made.get(name!)!;
  const wrong = code.replace(from, to);
  expect(wrong).not.toBe(code);
  device.pushErrorScope('validation');
  const module = device.createShaderModule({ label: 'broken', code: wrong });
  const wish = wishes.get(name!)!;
  const other = device.createComputePipeline({
    ...wish,
    label: 'broken',
    compute: { ...wish.compute, module },
  });
  expect(await device.popErrorScope()).toBeNull();
  replaced.set(pipeline!, other);
  const refusal: unknown = await testPrograms(subject).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(WrongResultError);
  expect((refusal as WrongResultError).programs).toContain(name);
  expect((refusal as WrongResultError).message).toContain(name);
});

test.each([
  ['as stored', 'stored'],
  ['in 4 bits', 'int4'],
] as const)(
  'K3: every program that a study dispatches is compared, weights %s',
  async (_, format) => {
    const golden = async (name: string) =>
      new Uint8Array(await (await fetch(`/test/golden/models/qwen3/${name}`)).arrayBuffer());
    const model = await loadLanguageModel(await tinyFolder(golden), { format });
    const { studied, tested } = await studiedAndTested(model);
    console.log(`${studied.length} programs of a study, ${tested.length} tested`);
    expect(studied.filter((name) => !tested.includes(name))).toEqual([]);
  },
);
