// Seven suites under one command: plain Node, tensors in Node, real trainings in Node, the package in a project of its
// own, WebGPU kernels inside Chromium, the built page, and a newcomer's first minute on it.
import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { wasmBinaries } from './build/wasm-binaries.ts';
import { chromiumLaunchOptions } from './scripts/chromium.mjs';

/**
 * Tests in Node that train models, run whole studies, or start the command line as it is; `npm run test:unit`
 * leaves them out, to be quick.
 */
const TRAININGS = [
  'test/unit/bench/{command,peers,torch}.test.ts',
  'test/unit/cli/{adapter-scores,compare,export,process,race-figures,real-models,two-processes}.test.ts',
  'test/unit/cli/study*.test.ts',
  'test/unit/cli/model-commands/*.test.ts',
  'test/unit/lab/plan/planned-effort.test.ts',
  'test/unit/lab/study/**/*.test.ts',
  'test/unit/model/{parity,sample,wasm-memory}.test.ts',
  'test/unit/pretrain-cli/*.test.ts',
  'test/unit/recipes/*.test.ts',
  'test/unit/training/{adamw,gradients,loss-curve,not-a-number,objectives.golden,own-ranks}.test.ts',
  'test/unit/training/{packed-equals-rows,self-test,step-batch,tested-programs,trainer}.test.ts',
];

/**
 * Tests that load tfjs, whose engine, backends and kernels belong to a whole process, or the command line, which loads
 * it: each has a process of its own. All others share theirs, and what they have imported.
 */
const ENGINES = [
  'test/unit/cli/{bad-lines,engine-hint,lab,texts}.test.ts',
  'test/unit/evaluation/{decoder-embedder,drift,edge-log-probabilities,logits,texts.golden}.test.ts',
  'test/unit/lab/models/{gguf-sources,model-desk}.test.ts',
  'test/unit/model/{merged-adapter,read-rows,shared-texts,stories,weight-forms}.test.ts',
  'test/unit/model/gguf/{converted,written-families}.test.ts',
  'test/unit/model/sources/{model-summary,quantisation-advice}.test.ts',
  'test/unit/tensor/*.test.ts',
];

const node = {
  environment: 'node',
  testTimeout: 120_000,
  hookTimeout: 60_000,
  maxWorkers: '100%',
} as const;

/**
 * After those in Node, and at the same time: two files of the page, which waits more than it computes, beside one of
 * the kernels, which measure memory and time.
 */
const browsers = { maxWorkers: 2, sequence: { groupOrder: 1 } } as const;

export default defineConfig({
  test: {
    reporters: ['default'],
    projects: [
      {
        test: {
          ...node,
          name: 'unit',
          include: ['test/unit/**/*.test.ts'],
          exclude: [...ENGINES, ...TRAININGS],
          isolate: false,
          setupFiles: 'test/unit/shared-process.ts',
          restoreMocks: true,
          unstubGlobals: true,
        },
      },
      { test: { ...node, name: 'engines', include: ENGINES, exclude: TRAININGS } },
      { test: { ...node, name: 'trainings', include: TRAININGS } },
      { test: { ...node, name: 'package', include: ['test/package/**/*.test.ts'] } },
      {
        plugins: [wasmBinaries()],
        test: {
          ...browsers,
          name: 'kernels',
          include: ['test/kernels/**/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 120_000,
          browser: {
            enabled: true,
            headless: true,
            fileParallelism: false,
            screenshotFailures: false,
            provider: playwright({ launchOptions: chromiumLaunchOptions() }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
      {
        test: {
          ...browsers,
          name: 'page',
          include: ['test/browser/**/*.test.ts'],
          globalSetup: 'test/browser/before-all.ts',
          environment: 'node',
          testTimeout: 600_000,
          hookTimeout: 300_000,
        },
      },
      {
        test: {
          name: 'newcomer',
          include: ['test/newcomer/**/*.test.ts'],
          environment: 'node',
          // After all others, and so alone: what it waits for is measured in seconds.
          sequence: { groupOrder: 2 },
          testTimeout: 600_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
