// The adapter that a study exports, read again from its folder: it scores as it did in the study.
import { existsSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { result } from './run.ts';

const STORIES = join(process.env['LAB_REAL_DIR'] ?? '../shared/real', 'stories260k-hf');
const present = existsSync(STORIES);
if (!present) console.warn(`skipped: ${STORIES} is absent (set LAB_REAL_DIR to real weights)`);

const FAMILY = 'beta';
const PARAMS = { alpha: 2, beta: 5 };
const PLACE = { decimals: 1, bins: 11 };
const METRICS = ['kl', 'tv', 'js', 'valid_mass', 'reference_logit_kl'] as const;

type Scores = Record<(typeof METRICS)[number], number>;

test.for(['builtin', ...(present ? [STORIES] : [])])('of %s', async (model) => {
  const out = join(await mkdtemp(join(tmpdir(), 'adapter-')), 'study');
  const experiment = {
    data: { distribution: { family: FAMILY, params: PARAMS }, ...PLACE },
    arms: [{ method: 'none' }, { method: 'soft', paths: 4 }],
    training: { steps: 3, batch: 2, learning_rate: 5e-3 },
    evaluation: { splits: ['train'] },
  };
  const config = JSON.stringify(experiment);
  const { summary } = await result<{ summary: Record<string, { train: Scores }> }>([
    ...['study', '--model', model, '--config', config, '--out', out],
  ]);

  const params = Object.entries(PARAMS).map((entry) => entry.join('='));
  const place = Object.entries(PLACE).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const exact = await result<Scores>([
    ...['exact', '--model', model, '--adapter', join(out, 'adapters', 'soft')],
    ...['--family', FAMILY, '--params', params.join(), ...place],
  ]);
  const trained = summary['soft']!.train;
  for (const name of METRICS)
    expect(Math.abs(exact[name] - trained[name]), name).toBeLessThan(1e-6);
  // An adapter that does nothing would score the same in both places, too.
  expect(Math.abs(trained.kl - summary['base']!.train.kl)).toBeGreaterThan(1e-3);
});
