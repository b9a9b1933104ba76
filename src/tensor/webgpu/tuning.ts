// Which variant of the product suits the adapter: measured once, then remembered.
import type * as tf from '../tf.ts';
import { choose } from './choice.ts';
import { gemmProgram, gemmWorkgroups } from './gemm.ts';
import type { GemmForm, GemmVariant } from './gemm-block.ts';
import { gpu } from './gpu.ts';
import { aligned } from './matrix-loads.ts';

/** Results too small to fill a GPU with large blocks, and all others. */
const SHAPES = {
  small: { n: 512, k: 128, m: 384 },
  large: { n: 1024, k: 256, m: 1024 },
} as const;

type ShapeClass = keyof typeof SHAPES;

const shapeClass = (n: number, m: number): ShapeClass => (n * m < 2 ** 19 ? 'small' : 'large');

/** The name of the best variant by form and class of shapes. */
export type Tuning = Readonly<Record<`${GemmForm} ${ShapeClass}`, string>>;

const KEYS = (['rows', 'columns'] as const).flatMap((form) =>
  (['small', 'large'] as const).map((size) => ({ form, size, key: `${form} ${size}` as const })),
);

/** Where tunings outlive the page; adapters by their names. */
export interface TuningStore {
  load(adapter: string): Promise<unknown>;
  save(adapter: string, tuning: Tuning): Promise<void>;
}

/** All of the measuring, compilation included, ends about here. */
const BUDGET_MS = 900;
/** Products per timing, if the first took less than `SLOW_MS`. */
const REPEATS = 8;
const SLOW_MS = 20;

const variant = (kind: GemmVariant['kind'], height: number, side: number): GemmVariant => ({
  kind,
  height,
  side,
});

/**
 * In the order they are tried. On a processor there is one: twice its registers are as quick and
 * take three times as long to compile, half of them are slower.
 */
function candidates(): readonly GemmVariant[] {
  if (onProcessor()) {
    const shared = gpu().device.features.has('subgroups');
    return [shared ? variant('subgroup', 16, 4) : variant('registers', 8, 4)];
  }
  return [variant('tiles', 4, 16), variant('tiles', 4, 8), variant('registers', 4, 8)];
}

export const variantName = ({ kind, height, side }: GemmVariant) => `${kind} ${height} ${side}`;

/** Adapters that compute on a processor run four invocations at a time, one per SIMD lane. */
export function onProcessor(): boolean {
  // Absent in browsers that do not tell.
  const info = gpu().device.adapterInfo as Partial<GPUAdapterInfo> | undefined;
  const { subgroupMinSize, subgroupMaxSize } = info ?? {};
  return subgroupMinSize === 4 && subgroupMaxSize === 4;
}

/** Invocations that keep the adapter busy. */
export const wantedInvocations = () => (onProcessor() ? 64 : 32_768);

const chosen = new WeakMap<GPUDevice, Tuning>();

/** For results as narrow as a LoRA's rank. @param byFour whether all is a multiple of 4 */
export function narrowVariant(n: number, byFour: boolean): GemmVariant {
  if (onProcessor()) return processorVariant(n, byFour);
  return choose(fewRows(Math.min(n, 4)), [fewRows(4), fewRows(1)]);
}

/** What `tune` found, or the first candidate; few rows take variants of their own. */
export function gemmVariant(
  form: GemmForm,
  { n, k, m }: { readonly n: number; readonly k: number; readonly m: number },
): GemmVariant {
  if (onProcessor()) return processorVariant(n, aligned(k));
  const all = candidates();
  const ofClass = (size: ShapeClass) => {
    const name = chosen.get(gpu().device)?.[`${form} ${size}`];
    return all.find((candidate) => variantName(candidate) === name) ?? all[0]!;
  };
  return choose(n < 8 ? fewRows(n) : ofClass(shapeClass(n, m)), [
    ...[ofClass('small'), ofClass('large')],
    ...[fewRows(8), fewRows(4), fewRows(1)],
  ]);
}

/**
 * Odd sizes, which models do not have, take seconds to compile in large blocks. Few rows waste some of
 * a small block: that costs less than one more program to compile, and to test.
 */
function processorVariant(n: number, byFour: boolean): GemmVariant {
  const [best] = candidates() as [GemmVariant];
  const heights = byFour ? [best.height, 4] : [4];
  return variant(
    best.kind,
    choose(n >= best.height && byFour ? best.height : 4, heights),
    best.side,
  );
}

const fewRows = (n: number) => variant('lanes', n > 4 ? 8 : n > 1 ? 4 : 1, 1);

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
  const tuning = (stored ?? {}) as Tuning;
  return KEYS.every(({ key }) => names.includes(tuning[key])) ? tuning : undefined;
}

async function measured(): Promise<Tuning> {
  const all = candidates();
  const tuning = Object.fromEntries(KEYS.map(({ key }) => [key, variantName(all[0]!)])) as Record<
    keyof Tuning,
    string
  >;
  if (all.length === 1) return tuning;
  const began = performance.now();
  for (const { form, size, key } of KEYS) {
    let best = Infinity;
    for (const candidate of all) {
      if (best < Infinity && performance.now() - began > BUDGET_MS) break;
      const ms = await measure(form, candidate, SHAPES[size]);
      if (ms < best) [best, tuning[key]] = [ms, variantName(candidate)];
    }
  }
  return tuning;
}

/** Milliseconds per product, after one that compiles. */
async function measure(
  form: GemmForm,
  candidate: GemmVariant,
  { n, k, m }: { readonly n: number; readonly k: number; readonly m: number },
): Promise<number> {
  const columns = form === 'rows' ? k : m;
  const program = gemmProgram(form, { format: 'f32', columns }, { k, m }, candidate);
  const tensors: Record<string, tf.TensorInfo> = {
    x: gpu().zeros([n, k]),
    w: gpu().zeros([k, m]),
    y: gpu().output([n, m]),
  };
  const once = () =>
    gpu().run(program, {
      tensors,
      uniforms: { n, k, m, wFirst: 0, wColumns: columns },
      workgroups: gemmWorkgroups(candidate, n, m),
    });
  const timed = async (repeats: number) => {
    const began = performance.now();
    for (let i = 0; i < repeats; i++) once();
    await gpu().finished();
    return (performance.now() - began) / repeats;
  };
  try {
    await timed(1);
    const ms = await timed(1);
    return ms < SLOW_MS ? await timed(REPEATS) : ms;
  } finally {
    for (const tensor of Object.values(tensors)) gpu().dispose(tensor);
  }
}
