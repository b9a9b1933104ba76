import * as Comlink from 'comlink';
import { afterEach, expect, test, vi } from 'vitest';
import { InputError } from '../../../src/core/errors.ts';
import { randomStream } from '../../../src/core/random.ts';
import { cutTrie } from '../../../src/core/targets/cut.ts';
import {
  DeviceLostError,
  OutOfMemoryError,
  ProgramError,
} from '../../../src/tensor/device-errors.ts';
import type { StudyEvent } from '../../../src/lab/events.ts';
import { LabClient } from '../../../src/lab/lab-client.ts';
import { LabService, type LabServiceParts } from '../../../src/lab/lab-service.ts';
import { labErrorOf, type LabFailure } from '../../../src/lab/lab-error.ts';
import type { WorkerLike } from '../../../src/lab/worker-client.ts';
import { environment, scriptedStudy, stepEvent } from './scripted-study.ts';

const ports: MessagePort[] = [];
afterEach(() => {
  for (const port of ports.splice(0)) port.close();
});

/** Workers that live in this thread, with what they are scripted to do. */
function stage(...scripts: Partial<LabServiceParts>[]) {
  const workers: (WorkerLike & EventTarget & { terminated: boolean; close?(): void })[] = [];
  const spawn = () => {
    const { port1, port2 } = new MessageChannel();
    ports.push(port1, port2);
    Comlink.expose({ study: new LabService(scriptedStudy(scripts[workers.length])) }, port1);
    const worker = Object.assign(port2, {
      terminated: false,
      terminate: () => {
        worker.terminated = true;
        port1.close();
        port2.close();
      },
    });
    workers.push(worker);
    return worker;
  };
  return {
    client: new LabClient(spawn, { prepareMs: 1500, cancelMs: 1500, pingMs: 200, silenceMs: 1500 }),
    workers,
  };
}
const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => Promise.reject(new Error('it succeeded')),
    (thrown: LabFailure) => thrown.error,
  );
const deaf = () => new Promise<never>(() => {});

test('a study runs to its end and its events arrive in order', async () => {
  const { client } = stage();
  expect(await client.prepare()).toEqual(environment);
  const events: StudyEvent[] = [];
  expect(await client.run({}, (event) => events.push(event))).toBe('done');
  expect(events).toEqual(Array.from({ length: 1000 }, (_, i) => stepEvent(i + 1)));
});

test('pause holds the study within one step, and proceed lets it go on', async () => {
  const { client } = stage();
  let steps = 0;
  const run = client.run({}, () => {
    steps++;
    if (steps === 5) void client.pause();
  });
  await vi.waitFor(() => expect(steps).toBeGreaterThanOrEqual(5), 5000);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(steps).toBeLessThanOrEqual(7);
  const held = steps;
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(steps).toBe(held);
  await client.proceed();
  expect(await run).toBe('done');
  expect(steps).toBe(1000);
});

test.each(['running', 'paused'])('cancel ends a %s study, and the worker stays', async (state) => {
  const { client, workers } = stage();
  let steps = 0;
  let ending: Promise<void> | undefined;
  // Told from within an event, which the study waits for: so it cannot be over before.
  const run: Promise<unknown> = client.run({}, () => {
    if (++steps !== 3) return;
    if (state === 'paused') ending = client.pause().then(() => client.cancel(run));
    else ending = client.cancel(run);
  });
  expect(await run).toBe('cancelled');
  await ending;
  expect(steps).toBeLessThan(1000);
  expect(await client.run({}, () => {})).toBe('done');
  expect(workers).toHaveLength(1);
});

test('a study that does not listen is terminated, and a fresh worker takes the next one', async () => {
  const { client, workers } = stage({
    async *study() {
      yield stepEvent(1);
      await deaf();
    },
  });
  const run = client.run({}, () => {});
  await new Promise((resolve) => setTimeout(resolve, 20));
  await client.cancel(run);
  expect(await run).toBe('cancelled');
  expect(workers[0]?.terminated).toBe(true);
  expect(await client.run({}, () => {})).toBe('done');
  expect(workers).toHaveLength(2);
});

test('a worker that does not answer in time is replaced', async () => {
  const { client, workers } = stage({ prepare: deaf });
  expect(await failure(client.prepare())).toMatchObject({ kind: 'worker', fault: 'silent' });
  expect(workers[0]?.terminated).toBe(true);
  expect(await client.prepare()).toEqual(environment);
});

test('a worker that crashes fails its pending calls', async () => {
  const { client, workers } = stage({ prepare: deaf });
  const pending = failure(client.prepare());
  workers[0]?.dispatchEvent(Object.assign(new Event('error'), { message: 'no such script' }));
  expect(await pending).toMatchObject({
    ...{ kind: 'worker', fault: 'dead', message: 'no such script' },
  });
});

test('bad input crosses with its field and advice', async () => {
  const { client } = stage({
    // eslint-disable-next-line require-yield
    async *study() {
      throw new InputError(
        'sigma is 0',
        'Give a positive sigma.',
        'data.distribution.params.sigma',
      );
    },
  });
  expect(await failure(client.run({}, () => {}))).toEqual({
    kind: 'input',
    message: 'sigma is 0',
    advice: 'Give a positive sigma.',
    field: 'data.distribution.params.sigma',
  });
  expect(await failure(client.run({ seed: -1 }, () => {}))).toMatchObject({ field: 'seed' });
});

test.each([
  ['memory', new OutOfMemoryError('no room')],
  ['device', new DeviceLostError('it went away')],
])('K2: after a failure of kind %s the worker is replaced', async (kind, error) => {
  const { client, workers } = stage({
    // eslint-disable-next-line require-yield
    async *study() {
      throw error;
    },
  });
  expect(await failure(client.run({}, () => {}))).toMatchObject({ kind });
  expect(workers[0]?.terminated).toBe(true);
  expect(await client.run({}, () => {})).toBe('done');
});

test('two studies cannot share a worker', async () => {
  const { client } = stage();
  const first = client.run({}, () => {});
  expect(await failure(client.run({}, () => {}))).toMatchObject({
    message: 'a study is already running in this worker',
  });
  await client.cancel(first);
});

test('a run cancelled before it began never begins', async () => {
  const { client } = stage();
  let steps = 0;
  const run = client.run({}, () => {
    steps++;
  });
  await client.cancel(run);
  expect(await run).toBe('cancelled');
  expect(steps).toBe(0);
});

test('K2: errors are told by their class, whatever their words', () => {
  const kinds = (...errors: Error[]) => errors.map((error) => labErrorOf(error).kind);
  expect(kinds(new Error('WebGPU device lost, out of memory, failed to fetch'))).toEqual(['bug']);
  expect(labErrorOf(new DeviceLostError('whatever'))).toMatchObject({
    ...{ kind: 'device', fault: 'lost' },
  });
  expect(labErrorOf(new ProgramError('whatever'))).toMatchObject({ fault: 'program' });
  expect(kinds(new OutOfMemoryError('whatever'), new RangeError('no array'))).toEqual([
    ...['memory', 'memory'],
  ]);
});

test('a mistake in the lab’s own calls is its fault, not the memory’s', () => {
  const chain = {
    nodeCount: 3,
    parent: Int32Array.of(-1, 0, 1),
    token: Int32Array.of(-1, 1, 2),
    depth: Int32Array.of(0, 1, 2),
  };
  const mistakes = [
    () => randomStream(1).integer(0),
    () => randomStream(1).categorical([0]),
    () => cutTrie(chain, 1),
  ];
  const kinds = mistakes.map((mistake) => {
    try {
      mistake();
      return undefined;
    } catch (thrown) {
      return labErrorOf(thrown).kind;
    }
  });
  expect(kinds).toEqual(['bug', 'bug', 'bug']);
});

test('K2: a device that is destroyed under a run fails the run, and is no cancel', async () => {
  const { client } = stage({
    // eslint-disable-next-line require-yield
    async *study() {
      throw new DOMException('the buffer was unmapped', 'AbortError');
    },
  });
  expect(await failure(client.run({}, () => {}))).toMatchObject({ kind: 'stopped' });
});

test('K2: a worker that hangs in a study is found out, and the study fails', async () => {
  const { client, workers } = stage(
    {
      async *study() {
        yield stepEvent(1);
        await deaf();
      },
    },
    {},
  );
  // The double lives in this thread and cannot hang itself: its port is cut instead.
  const run = failure(client.run({}, () => workers[0]?.close?.()));
  expect(await run).toMatchObject({ kind: 'worker', fault: 'silent' });
  expect(workers[0]?.terminated).toBe(true);
  expect(await client.run({}, () => {})).toBe('done');
});
