// A page that can do nothing but choose models: for the tests, which call `window.models`.
import { LabClient } from '../../../src/lab/lab-client.ts';
import type { ModelClient } from '../../../src/lab/models/model-client.ts';

declare global {
  interface Window {
    models: ModelClient;
  }
}

const worker = () => {
  const started = new Worker(new URL('./models.worker.ts', import.meta.url), { type: 'module' });
  const wishes = new URLSearchParams(location.search);
  // `?store=` takes stores away, as older browsers lack them.
  started.postMessage({
    store: wishes.get('store'),
    silenceMs: Number(wishes.get('silence') ?? 30_000),
  });
  return started;
};
window.models = new LabClient(worker, { cancelMs: 3000 }).models;
