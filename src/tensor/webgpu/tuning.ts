// Which variant of the product suits the adapter: measured once, then remembered.
import type * as tf from '../tf.ts';
import { gemmProgram, gemmTile } from './gemm.ts';
import type { GemmForm, GemmVariant } from './gemm.ts';
import { gpu } from './gpu.ts';

/** The best variant of either form for blocks of results; narrow results have variants of their own. */
export type Tuning = Readonly<Record<GemmForm, string>>;

/** Where tunings outlive the page; adapters by their names. */
export interface TuningStore {
  load(adapter: string): Promise<unknown>;
  save(adapter: string, tuning: Tuning): Promise<void>;
}

/** All of the measuring, compilation included, ends about here. */
const BUDGET_MS = 900;
/** Sizes of the product that is timed. */
const [N, K, M] = [128, 64, 128];
/** Products per timing. */
const REPEATS = 4;

const variant = (kind: GemmVariant['kind'], height: number, width: number): GemmVariant => ({
  kind,
  height,
  width,
});

/**
 * In the order they are tried. On a processor more registers mean fewer loads; 16 x 8 costs a second
 * to compile there, 8 x 8 a half.
 */
function candidates(): readonly GemmVariant[] {
  if (!onProcessor()) {
    return [variant('tiles', 4, 4), variant('registers', 8, 4), variant('registers', 4, 4)];
  }
  const shared = gpu().device.features.has('subgroups') ? [variant('subgroup', 16, 8)] : [];
  return [...shared, variant('registers', 8, 4), variant('registers', 8, 8)];
}

export const variantName = ({ kind, height, width }: GemmVariant) => `${kind} ${height}x${width}`;

/** Adapters that compute on a processor run four invocations at a time, one per SIMD lane. */
export function onProcessor(): boolean {
  const { subgroupMinSize, subgroupMaxSize } = gpu().device.adapterInfo as {
    subgroupMinSize?: number;
    subgroupMaxSize?: number;
  };
  return subgroupMinSize === 4 && subgroupMaxSize === 4;
}

/** Invocations that keep the adapter busy. */
export const wantedInvocations = () => (onProcessor() ? 64 : 32_768);

const chosen = new WeakMap<GPUDevice, Tuning>();

/** What `tune` found, or the first candidate; narrow results take smaller blocks. */
export function gemmVariant(form: GemmForm, n: number, m: number): GemmVariant {
  const all = candidates();
  const name = chosen.get(gpu().device)?.[form];
  const best = all.find((candidate) => variantName(candidate) === name) ?? all[0]!;
  if (best.kind === 'tiles') return n >= 8 ? best : variant('registers', n >= 4 ? 4 : 1, 4);
  if (n >= 16 && m >= 32) return best;
  return variant(best.kind, n >= 8 ? 8 : n >= 4 ? 4 : 1, 4);
}

/**
 * Measures the candidates on the present backend, webgpu, and uses the fastest from now on. A
 * remembered tuning is used as it is, if it names candidates of this version.
 */
export async function tune(adapter: string, store?: TuningStore): Promise<Tuning> {
  const known = tuningFrom(await store?.load(adapter).catch(() => undefined));
  const tuning = known ?? (await measured());
  chosen.set(gpu().device, tuning);
  if (!known) await store?.save(adapter, tuning).catch(() => undefined);
  return tuning;
}

/** Stored data may be of another version, or anything. */
function tuningFrom(stored: unknown): Tuning | undefined {
  const names = candidates().map(variantName);
  const { rows, columns } = (stored ?? {}) as Partial<Record<GemmForm, unknown>>;
  const valid = (name: unknown): name is string => names.includes(name as string);
  return valid(rows) && valid(columns) ? { rows, columns } : undefined;
}

async function measured(): Promise<Tuning> {
  const began = performance.now();
  const [x, w, y] = [gpu().zeros([N, M]), gpu().zeros([M, M]), gpu().output([N, M])];
  const best = { rows: { name: '', ms: Infinity }, columns: { name: '', ms: Infinity } };
  try {
    for (const candidate of candidates()) {
      for (const form of ['rows', 'columns'] as const) {
        if (best[form].name !== '' && performance.now() - began > BUDGET_MS) continue;
        const ms = await timed(() => run(form, candidate, { x, w, y }));
        if (ms < best[form].ms) best[form] = { name: variantName(candidate), ms };
      }
    }
  } finally {
    for (const tensor of [x, w, y]) gpu().dispose(tensor);
  }
  return { rows: best.rows.name, columns: best.columns.name };
}

function run(
  form: GemmForm,
  candidate: GemmVariant,
  tensors: Readonly<Record<'x' | 'w' | 'y', tf.TensorInfo>>,
): void {
  const columns = form === 'rows' ? K : M;
  const tile = gemmTile(candidate);
  gpu().run(gemmProgram(form, { format: 'f32', columns }, K, candidate), {
    tensors,
    uniforms: { n: N, k: K, m: M, wFirst: 0, wColumns: columns },
    workgroups: [Math.ceil(M / tile.columns), Math.ceil(N / tile.rows)],
  });
}

/** Milliseconds per run, after one that compiles. */
async function timed(once: () => void): Promise<number> {
  once();
  await gpu().finished();
  const began = performance.now();
  for (let i = 0; i < REPEATS; i++) once();
  await gpu().finished();
  return (performance.now() - began) / REPEATS;
}
