// No kernel of a study on WebAssembly is untested, and a wrong one is refused by its name.
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { startNodeBackend } from '../../../cli/backend.ts';
import { nodeFolder } from '../../../cli/model-folder.ts';
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

test.each(['gpt_oss', 'gpt_neox', 'phi', 'starcoder2'])(
  'K3: a tensor that is added to on its way is no fault: %s',
  async (name) => {
    const folder = fileURLToPath(new URL(`../../golden/models/${name}`, import.meta.url));
    const { decoder } = await loadDecoder(await nodeFolder(folder));
    const adapter = { rank: 4, alpha: 8, dropout: 0.1, targets: ['o'] } as const;
    await expect(trustPrograms(decoder, adapter)).resolves.toBeUndefined();
    decoder.dispose();
  },
);

test.each(['LabRotateHeads', 'LabAttention', 'LabLoraGradient', 'LabAdamW', 'Softmax'])(
  'K3: %s, 1 % wrong, is refused by name',
  async (kernelName) => {
    const original = tf.getKernel(kernelName, 'wasm');
    const before = tf.memory().numTensors;
    tf.unregisterKernel(kernelName, 'wasm');
    tf.registerKernel({
      ...original,
      kernelFunc(call) {
        const result = original.kernelFunc(call);
        const { dataId } = [result].flat()[0]!;
        const { wasm, dataIdMap } = tf.backend() as unknown as WasmHeap;
        wasm.HEAPF32[dataIdMap.get(dataId).memoryOffset / 4]! *= 1.01;
        return result;
      },
    });
    const adapter = { rank: 4, alpha: 8, dropout: 0.1, targets: ['q', 'o'] } as const;
    await expect(trustPrograms(model.decoder, adapter)).rejects.toThrow(
      new RegExp(`computes wrongly: .*${kernelName}`),
    );
    tf.unregisterKernel(kernelName, 'wasm');
    tf.registerKernel(original);
    expect(tf.memory().numTensors).toBe(before);
  },
);

interface WasmHeap {
  readonly wasm: { readonly HEAPF32: Float32Array };
  readonly dataIdMap: { get(dataId: object): { readonly memoryOffset: number } };
}
