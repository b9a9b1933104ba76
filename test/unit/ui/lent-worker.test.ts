// One worker for many: whoever asks last has it, and no two at once.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { LabClient } from '../../../src/lab/lab-client.ts';
import type { StudyEnd } from '../../../src/lab/contract.ts';
import { LentWorker, type Purpose } from '../../../src/ui/state/lent-worker.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const moment = () => vi.advanceTimersByTimeAsync(60);

async function takeBack(worker: LentWorker) {
  const back = worker.takeBack();
  await moment();
  await back;
}

/** A worker that counts what it does at once; a run ends when it is cancelled, and takes its time. */
function slowWorker() {
  let running = 0;
  const most: number[] = [];
  const stops = new Map<Promise<unknown>, () => void>();
  const client = {
    run: () => {
      most.push(++running);
      let stop!: () => void;
      const run = new Promise<StudyEnd>((resolve) => {
        stop = () => setTimeout(() => (running--, resolve('cancelled')), 5);
      });
      stops.set(run, stop);
      return run;
    },
    cancel: async (run: Promise<unknown>) => {
      stops.get(run)!();
      stops.set(run, () => {});
      await run;
    },
  };
  return { client: client as unknown as LabClient, most };
}

test('two that ask while it is taken back from a third have it one after the other', async () => {
  const { client, most } = slowWorker();
  const worker = new LentWorker(client, () => true);
  const lend = () => worker.lend({}, () => {}, {}, 'race');
  const ends = [lend(), lend(), lend(), lend()];
  await moment();
  await takeBack(worker);
  expect(await Promise.all(ends)).toEqual(Array(4).fill('cancelled'));
  expect(Math.max(...most)).toBe(1);
});

test('a look waits until an errand is done; whatever else is asked for ends the errand', async () => {
  const { client } = slowWorker();
  const worker = new LentWorker(client, () => true);
  const ended: string[] = [];
  const lend = (purpose: Purpose) =>
    worker.lend({}, () => {}, {}, purpose).then(() => ended.push(purpose));
  const [first, look] = [lend('errand'), lend('look')];
  await moment();
  expect(ended).toEqual([]);
  await takeBack(worker);
  await first;
  await moment();
  expect(ended).toEqual(['errand']);
  const race = lend('race');
  await moment();
  await look;
  const errand = lend('errand');
  await moment();
  await race;
  await takeBack(worker);
  await errand;
  expect(ended).toEqual(['errand', 'look', 'race', 'errand']);
});

test('a look that waited ends nothing that was asked for after it', async () => {
  const { client } = slowWorker();
  const worker = new LentWorker(client, () => true);
  const lend = (purpose: Purpose) => worker.lend({}, () => {}, {}, purpose);
  const errand = lend('errand');
  const look = lend('look');
  let race: unknown = 'running';
  void lend('race').then((end) => (race = end));
  await moment();
  expect(await errand).toBe('cancelled');
  expect(await look).toBeNull();
  expect(race).toBe('running');
  await takeBack(worker);
  expect(race).toBe('cancelled');
});

test('it is not lent while a run has it', async () => {
  const { client, most } = slowWorker();
  expect(await new LentWorker(client, () => false).lend({}, () => {}, {}, 'look')).toBeNull();
  expect(most).toEqual([]);
});
