// The recipe "add a kernel": one new file and one line in the list of those for WebGPU; the self-test needs none.
import { beforeAll, describe, expect, test } from 'vitest';
import { startNodeBackend } from '../../../cli/backend.ts';
import { auditKernels } from '../../../src/tensor/audit/audit.ts';
import { implementKernel } from '../../../src/tensor/kernel.ts';
import * as tf from '../../../src/tensor/tf.ts';
import type * as WebGpuKernels from '../../../src/tensor/webgpu/webgpu-kernels.ts';
import type * as Doubled from './doubled.ts';
import { doubledKernel } from './doubled.ts';
import { followed } from './recipe.ts';

const run = () => tf.tidy(() => void doubledKernel({ x: tf.tensor1d([1, -2, 0.5]) }));

describe.each(['wasm', 'cpu'] as const)('on %s', (backend) => {
  beforeAll(() => startNodeBackend(backend));

  test('its plain form runs', async () => {
    const [y] = doubledKernel({ x: tf.tensor1d([1, -2, 0.5]) });
    expect([...(await y!.data())]).toEqual([2, -4, 1]);
  });
});

test('the self-test compares it with its plain form, and refuses a wrong one by its name', async () => {
  await startNodeBackend('wasm');
  expect([...(await auditKernels(async () => run()))]).toContain('LabDoubled');
  implementKernel(doubledKernel, 'wasm', ({ x }) => [tf.mul(x, 2.01)]);
  await expect(auditKernels(async () => run())).rejects.toThrow(/computes wrongly: .*LabDoubled/);
});

describe('with its line in the list', () => {
  const { load } = followed({
    list: 'src/tensor/webgpu/webgpu-kernels.ts',
    file: 'doubled.ts',
    name: 'registerDoubled',
    after: 'registerActivation,\n',
  });

  test('WebGPU runs its program, and not the plain form', async () => {
    const own = await load<typeof Doubled>('/test/unit/recipes/doubled.ts');
    const tensors = await load<typeof tf>('/src/tensor/tf.ts');
    const list = await load<typeof WebGpuKernels>('/src/tensor/webgpu/webgpu-kernels.ts');
    const { kernelName } = own.doubledKernel;
    const plain = tensors.getKernel(kernelName, 'webgpu').kernelFunc;
    list.registerWebGpuKernels();
    expect(tensors.getKernel(kernelName, 'webgpu').kernelFunc).not.toBe(plain);
  });
});
