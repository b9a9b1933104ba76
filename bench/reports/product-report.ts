// Rates of plain matrix products: the best of them is the roof that training is held against.
import type { PeerName } from '../peers/peer.ts';
import type { ProductTask } from '../tasks/task.ts';
import { checkAgreement } from '../series/agreement.ts';
import { computesOnProcessor } from '../places/place.ts';
import type { Place } from '../places/place.ts';
import { runSeries } from '../series/series.ts';
import type { BenchSettings } from '../settings.ts';
import { spreadOf } from '../series/spread.ts';

/** Products per run, so that waiting for the result does not count for much; a GPU is quick with one. */
const repeatsAt = (place: Place) => (computesOnProcessor(place) ? 2 : 32);

export interface ProductReport {
  /** Rows and columns of both factors. */
  readonly size: number;
  readonly flops_per_second: Readonly<Record<string, number | { readonly failed: string }>>;
  readonly best_flops_per_second: number;
}

export async function productReport(place: Place, settings: BenchSettings): Promise<ProductReport> {
  const size = settings.productSize;
  const repeats = repeatsAt(place);
  const task = (peer: PeerName): ProductTask => ({ kind: 'product', peer, size, repeats });
  const tasks = Object.fromEntries(settings.peers.map((peer) => [peer, task(peer)]));
  const series = await runSeries(place, tasks, settings);
  checkAgreement(series);
  const flops = 2 * size ** 3 * repeats;
  const rates = Object.entries(series).map(([name, one]) => {
    if ('failed' in one) return [name, one] as const;
    return [name, flops / spreadOf(one.timed.map(({ seconds }) => seconds)).median] as const;
  });
  const known = rates.map(([, rate]) => rate).filter((rate) => typeof rate === 'number');
  return {
    size,
    flops_per_second: Object.fromEntries(rates),
    best_flops_per_second: Math.max(...known),
  };
}
