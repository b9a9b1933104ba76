// The worker that prepares targets on the CPU, so that a preview never waits for the GPU.
import * as Comlink from 'comlink';
import type { TargetsWorker } from '../src/lab/contract.ts';
import { targetsService } from '../src/lab/targets-service.ts';
import '../src/lab/thrown-errors.ts';

const worker: TargetsWorker = { targets: targetsService };
Comlink.expose(worker);
