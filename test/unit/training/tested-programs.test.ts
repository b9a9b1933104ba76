// No kernel of a study on WebAssembly is untested, and a wrong one is refused by its name.
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { startNodeBackend } from '../../../cli/backend.ts';
import { nodeFolder } from '../../../cli/model-folder.ts';
import { auditKernels } from '../../../src/tensor/audit/audit.ts';
import * as tf from '../../../src/tensor/tf.ts';
import { loadDecoder, type LanguageModel } from '../../../src/model/language-model.ts';
import { trustPrograms } from '../../../src/training/self-test.ts';
import { loadTinyModel } from '../../support/tiny-model.ts';
import { studiedAndTested } from '../../support/tested-programs.ts';

let model: LanguageModel;
beforeAll(async () => {
  await startNodeBackend('wasm');
  model = await loadTinyModel();
});

test('K3: every kernel that a study runs has been compared with the processor', async () => {
  const { studied, tested } = await studiedAndTested(model);
  console.log(`${studied.length} kernels of a study, ${tested.length} tested`);
  expect(studied.filter((name) => !tested.includes(name))).toEqual([]);
});

test.each([
  ['a tensor that is added to on its way', 'gpt_oss', 0.1],
  ['a tensor that is added to on its way', 'gpt_neox', 0.1],
  ['a tensor that is added to on its way', 'phi', 0.1],
  ['a tensor that is added to on its way', 'starcoder2', 0.1],
  ['a gradient that cancels', 'gpt2', 0],
])('K3: %s is no fault: %s', async (_, name, dropout) => {
  const folder = fileURLToPath(new URL(`../../golden/models/${name}`, import.meta.url));
  const { decoder } = await loadDecoder(await nodeFolder(folder));
  const adapter = { rank: 4, alpha: 8, dropout, targets: ['o'] } as const;
  await expect(trustPrograms(decoder, adapter)).resolves.toBeUndefined();
  decoder.dispose();
});

test.each([
  ['an error of rounding', 1e-5, true],
  ['an error of one term', 1e-3, false],
])('K3: of terms that cancel, %s is told from the other', async (_, share, isRight) => {
  // A hundred terms of 1 to 1.5, whose sum is 0.01.
  const terms = (sign: number) => Array.from({ length: 50 }, (_, i) => sign * (1 + i / 100));
  const left = tf.tensor2d([[...terms(1), ...terms(-1)]]);
  const right = tf.tensor2d(Array.from({ length: 100 }, (_, i) => [i === 0 ? 1.01 : 1]));
  await withError(
    'BatchMatMul',
    (sum) => sum + 10 * share,
    async () => {
      const audit = auditKernels(async () => void (await tf.matMul(left, right).data()));
      if (isRight) await expect(audit).resolves.toContain('BatchMatMul');
      else await expect(audit).rejects.toThrow('BatchMatMul');
    },
  );
});

test.each(['LabRotateHeads', 'LabAttention', 'LabLoraGradient', 'LabAdamW', 'Softmax'])(
  'K3: %s, 1 % wrong, is refused by name',
  async (kernelName) => {
    const before = tf.memory().numTensors;
    await withError(
      kernelName,
      (value) => 1.01 * value,
      async () => {
        const adapter = { rank: 4, alpha: 8, dropout: 0.1, targets: ['q', 'o'] } as const;
        await expect(trustPrograms(model.decoder, adapter)).rejects.toThrow(
          new RegExp(`computes wrongly: .*${kernelName}`),
        );
      },
    );
    expect(tf.memory().numTensors).toBe(before);
  },
);

/** Runs `action` where the first value of a kernel's result is another one. */
async function withError(
  kernelName: string,
  wrong: (value: number) => number,
  action: () => Promise<void>,
): Promise<void> {
  const original = tf.getKernel(kernelName, 'wasm');
  tf.unregisterKernel(kernelName, 'wasm');
  tf.registerKernel({
    ...original,
    kernelFunc(call) {
      const result = original.kernelFunc(call);
      const { dataId } = [result].flat()[0]!;
      const { wasm, dataIdMap } = tf.backend() as unknown as WasmHeap;
      const place = dataIdMap.get(dataId).memoryOffset / 4;
      wasm.HEAPF32[place] = wrong(wasm.HEAPF32[place]!);
      return result;
    },
  });
  await action();
  tf.unregisterKernel(kernelName, 'wasm');
  tf.registerKernel(original);
}

interface WasmHeap {
  readonly wasm: { readonly HEAPF32: Float32Array };
  readonly dataIdMap: { get(dataId: object): { readonly memoryOffset: number } };
}
