// The page that measures in a browser: what is asked for comes as a call, the figures go back.
import { startBackend } from '../src/tensor/backend.ts';
import { measure } from './measure.ts';
import type { BenchOptions } from './measure.ts';

Object.assign(globalThis, {
  /** Called from outside. @returns plain data */
  async bench(options: BenchOptions) {
    const { adapter } = await startBackend(['webgpu'], {
      onDeviceError: (message) => console.error(message),
    });
    const chromium = /Chrome\/([\d.]+)/.exec(navigator.userAgent)?.[1] ?? 'unknown';
    return { adapter, versions: { chromium }, ...(await measure(options, 'webgpu')) };
  },
});
