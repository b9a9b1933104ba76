// A lane of a study in Node: a worker thread with a copy of the model.
import { parentPort } from 'node:worker_threads';
import { serveLane } from '../../src/lab/study/lanes/serve-lane.ts';
import { startNodeBackend } from '../backend.ts';

const port = parentPort!;
port.on(
  'message',
  serveLane((message) => port.postMessage(message), startNodeBackend),
);
