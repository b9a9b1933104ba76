// Everything that `lab bench` measures at one place, in one object.
import { cpus } from 'node:os';
import { memoryReport } from './reports/memory-report.ts';
import type { Place } from './places/place.ts';
import { productReport } from './reports/product-report.ts';
import { packingReport, samplingReport, scoringReport } from './reports/reuse-report.ts';
import type { BenchSettings } from './settings.ts';
import { trainingReport } from './reports/training-report.ts';

/** @param versions of the libraries that are compared */
export async function benchReport(
  place: Place,
  settings: BenchSettings,
  versions: Readonly<Record<string, string>>,
) {
  const wants = (part: BenchSettings['parts'][number]) => settings.parts.includes(part);
  const { backend, adapter } = place;
  const said = (what: string): BenchSettings => ({
    ...settings,
    onProgress: (line) => settings.onProgress(`${what}: ${line}`),
  });
  const matmul = wants('matmul') ? await productReport(place, said('matmul')) : undefined;
  const train = [];
  const packing = [];
  const memory = [];
  for (const [size, config] of settings.sizes) {
    const roof = matmul?.best_flops_per_second;
    if (wants('train')) {
      train.push(await trainingReport(place, said(`train ${size}`), size, config, roof));
    }
    if (wants('packing')) {
      packing.push(await packingReport(place, said(`packing ${size}`), size, config));
    }
    if (wants('memory')) {
      memory.push(await memoryReport(place, said(`memory ${size}`), size, config));
    }
  }
  return {
    environment: {
      backend,
      adapter,
      processor: cpus()[0]?.model ?? 'unknown',
      processors: cpus().length,
      versions: { ...place.versions, ...versions },
    },
    seed: settings.seed,
    ...(matmul && { matmul }),
    ...(wants('train') && { train }),
    ...(wants('packing') && { packing }),
    ...(wants('memory') && { memory }),
    ...(wants('score') && { score: await scoringReport(place, said('score')) }),
    ...(wants('sample') && { sample: await samplingReport(place, said('sample')) }),
  };
}
