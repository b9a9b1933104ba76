// Losses and gradients of exact objectives, on wasm and cpu.
import { readFile } from 'node:fs/promises';
import { describe, beforeAll, expect, test } from 'vitest';
import { startNodeBackend } from '../../../cli/backend.ts';
import { Tally } from '../../parity/checks.ts';
import { checkObjectives, objectiveCases } from '../../parity/objective-checks.ts';

const golden = new URL('../../golden/', import.meta.url);
const read = async (path: string) => new Uint8Array(await readFile(new URL(path, golden)));
const cases = await objectiveCases(read);

describe.each(['wasm', 'cpu'] as const)('on %s', (backend) => {
  beforeAll(async () => {
    await startNodeBackend(backend);
  }, 60_000);

  test.each(cases)('$name equals PyTorch', async (one) => {
    const tally = new Tally();
    await checkObjectives(one, read, tally);
    expect(tally.numbers).toBeGreaterThan(1000);
  });
});
