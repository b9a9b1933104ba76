// The worker that prepares targets on the CPU.
import * as Comlink from 'comlink';
import { targetsService } from '../src/lab/targets-service.ts';

Comlink.expose(targetsService);
