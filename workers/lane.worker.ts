// A lane of a study on the page: a worker with a copy of the model.
import { serveLane } from '../src/lab/study/lanes/serve-lane.ts';
import type { ToLane } from '../src/lab/study/lanes/lane-messages.ts';
import { startBackend } from '../src/tensor/backend.ts';

/** Beside the folder of this script, in the built page as in development. */
const WASM = new URL('../wasm/', self.location.href).href;

// Held as long as the worker lives: who waits for it learns that the worker is gone, however it ended.
void navigator.locks?.request(self.name, () => new Promise(() => {}));

const hear = serveLane(
  (message) => self.postMessage(message),
  (backend) => startBackend([backend], { wasmPath: WASM }),
);
self.addEventListener('message', ({ data }: MessageEvent<ToLane>) => hear(data));
