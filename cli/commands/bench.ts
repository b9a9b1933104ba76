// `lab bench`: how fast the lab is on this machine, beside stock tfjs and jax-js.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { benchReport } from '../../bench/report.ts';
import type { Place } from '../../bench/places/place.ts';
import { torchReport } from '../../bench/reports/torch-report.ts';
import { BENCH_OPTIONS, readSettings, TORCH } from '../bench-options.ts';
import { defineCommand } from '../command.ts';
import { reportProgress, writeResult } from '../terminal.ts';

export const command = defineCommand({
  description: [
    'One JSON of seconds and ratios. "train": a LoRA training step with the lab, with stock tfjs',
    'and with jax-js, on the same weights and the same packed batch; losses that differ by more',
    'than 1e-3 are an error. Ratios are of runs taken in turns. "matmul": rates of plain products,',
    'the best of which is what roofline_fraction is of. "packing": merged paths against a row per',
    'path. "score": the built-in model on the tries of prompts against a row per answer, in the',
    'quickest of three batch sizes; rows are timed on answers drawn at random, and that time is',
    'scaled to all. "sample": 1,000 answers against as many generations, with tokens a second.',
    '"memory": what many steps of changing batches hold, and the peak beside its estimate. wasm runs',
    'in Node, webgpu in a headless Chromium; LAB_GPU=hardware keeps that from falling back to the',
    'processor.',
    '--peers torch: "train" and "score" in transformers and PEFT instead, a row per answer and with shared',
    'prompts, the same number of --threads each: steps of one prompt and of --prompts, with one answer and',
    'with --paths, and the exact score of the answers of Beta(2,5); losses equal to 1e-4. Rates are also told',
    'as a share of "peak", that of multiplications and additions alone on one thread.',
  ].join('\n'),
  options: BENCH_OPTIONS,
  async run(options, terminal) {
    const settingsAt = await readSettings(options, (line) =>
      reportProgress(terminal, options, line),
    );
    const versions = {
      tfjs: await versionOf('@tensorflow/tfjs'),
      jax: await versionOf('@jax-js/jax'),
    };
    const place = await placeOf(options.backend);
    const interrupted = () => void place.close().finally(() => process.exit(130));
    process.once('SIGINT', interrupted);
    try {
      const settings = settingsAt(place);
      const report = options.peers?.includes(TORCH)
        ? await torchReport(place, settings, options.python, { tfjs: versions.tfjs })
        : await benchReport(place, settings, versions);
      await writeResult(terminal, options, report);
    } finally {
      process.off('SIGINT', interrupted);
      await place.close();
    }
  },
});

async function placeOf(backend: Place['backend']): Promise<Place> {
  if (backend === 'wasm') return (await import('../../bench/places/node-place.ts')).nodePlace();
  return (await import('../../bench/places/chromium-place.ts')).chromiumPlace();
}

/** Of an installed package. */
async function versionOf(name: string): Promise<string> {
  const path = fileURLToPath(new URL(`../../node_modules/${name}/package.json`, import.meta.url));
  return (JSON.parse(await readFile(path, 'utf8')) as { version: string }).version;
}
