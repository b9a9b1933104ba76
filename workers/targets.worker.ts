// The worker that prepares targets on the CPU.
import * as Comlink from 'comlink';
import type { TargetsWorker } from '../src/lab/contract.ts';
import { outcome } from '../src/lab/lab-service.ts';
import { previewTarget } from '../src/lab/target-preview.ts';

const worker: TargetsWorker = { preview: (data) => outcome(() => previewTarget(data)) };

Comlink.expose(worker);
