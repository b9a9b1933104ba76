// Tunings survive in the browser's database, each under its adapter.
import 'fake-indexeddb/auto';
import { expect, test } from 'vitest';
import { idbTuningStore } from '../../../src/lab/tuning-store.ts';

test('what was saved is loaded by another store; other adapters have nothing', async () => {
  const tuning = { rows: 'tiles 4x4', columns: 'registers 8x4' };
  await idbTuningStore().save('an adapter', tuning as never);
  expect(await idbTuningStore().load('an adapter')).toEqual(tuning);
  expect(await idbTuningStore().load('another')).toBeUndefined();
});
