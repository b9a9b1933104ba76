// Our functions in WebAssembly (`assembly/`), working in the memory of tfjs's wasm backend: nothing is copied.
import { relaxedSimd, simd } from 'wasm-feature-detect';
import { DeviceError } from '../device-errors.ts';
import * as tf from '../tf.ts';
import { heap, reserve, sharesHeap } from './heap.ts';

/**
 * The same functions with fused multiply-add, where an engine has it, and without; both for memory of one thread, and
 * for memory that threads share.
 */
export const KERNEL_BINARIES = {
  fused: { own: 'lab-fused.wasm', shared: 'lab-fused-shared.wasm' },
  plain: { own: 'lab-plain.wasm', shared: 'lab-plain-shared.wasm' },
} as const;

/** Brings the bytes of a binary by its name. */
export type ReadBinary = (name: string) => Promise<BufferSource>;

/** Sizes are in values; addresses, and steps from one row to the next, in bytes. */
export interface WasmKernels {
  /** One step of AdamW: p1, m1 and v1 [count] of parameters, gradients and moments; `decay` is 0 where all of them do */
  adamw(
    p1: number,
    m1: number,
    v1: number,
    p: number,
    g: number,
    m: number,
    v: number,
    decay: number,
    count: number,
    beta1: number,
    beta2: number,
    rest1: number,
    rest2: number,
    epsilon: number,
    stepSize: number,
    secondScale: number,
    shrink: number,
  ): void;
  /** Columns of c [n, m] = factor * a [n, k] b [k, m], or added to what c has */
  readonly multiply: Product;
  /** The same with b [m, k] transposed. @param codes address of how b is kept; 0: as f32 */
  readonly multiplyByRows: Product;
  /** Writes [m, n] to `to`. @param x [n, m] */
  transpose(x: number, next: number, n: number, m: number, to: number): void;
  /**
   * y [count] = factor * x where an entry is kept, else 0; or added to what y has.
   * @param first place of the first entry @param threshold of the 24 bits of an entry that is kept
   */
  drop(
    y: number,
    x: number,
    count: number,
    first: number,
    seed: number,
    threshold: number,
    factor: number,
    adds: boolean,
  ): void;
  /** y = norm(x) * (weight + one) + bias + added; the last two are 0 where there are none */
  normalise(
    y: number,
    x: number,
    n: number,
    width: number,
    centres: boolean,
    eps: number,
    weight: number,
    one: number,
    bias: number,
    added: number,
  ): void;
  /** dx of `normalise`, and added to `dWeight` and `dBias` theirs, unless these are 0 */
  normaliseGradient(
    dx: number,
    dy: number,
    x: number,
    n: number,
    width: number,
    centres: boolean,
    eps: number,
    weight: number,
    one: number,
    added: number,
    dWeight: number,
    dBias: number,
  ): void;
  /** y [n, m] of x [n, m] or [n, 2m] @param room [2m], where the two are in pairs; else 0 */
  activate(
    y: number,
    x: number,
    n: number,
    m: number,
    kind: number,
    layout: number,
    limit: number,
    alpha: number,
    room: number,
  ): void;
  /** dx, of the shape of x, from dy [n, m] */
  activateGradient(
    dx: number,
    dy: number,
    x: number,
    n: number,
    m: number,
    kind: number,
    layout: number,
    limit: number,
    alpha: number,
    room: number,
  ): void;
  /** `count` heads of d values of n rows: normed, unless `weight` is 0, and turned, unless `cos` is */
  turnHeads(
    to: number,
    toNext: number,
    from: number,
    fromNext: number,
    n: number,
    count: number,
    d: number,
    cos: number,
    sin: number,
    weight: number,
    one: number,
    eps: number,
  ): void;
  /** dx of `turnHeads` whose input was x, and added to `dWeight` its gradient, unless that is 0 */
  turnHeadsBack(
    dx: number,
    dxNext: number,
    dy: number,
    dyNext: number,
    x: number,
    xNext: number,
    n: number,
    count: number,
    d: number,
    cos: number,
    sin: number,
    weight: number,
    one: number,
    eps: number,
    dWeight: number,
  ): void;
  /** y and logSum of attention; `sinks` and `softCap` are 0 where there are none */
  attend(
    y: number,
    logSum: number,
    q: number,
    kv: number,
    sinks: number,
    parents: number,
    chains: number,
    first: number,
    count: number,
    rows: number,
    slots: number,
    heads: number,
    kvHeads: number,
    d: number,
    window: number,
    scale: number,
    softCap: number,
    room: number,
  ): void;
  /** dq and dkv of attention whose queries are all slots */
  attendBack(
    dq: number,
    dkv: number,
    dy: number,
    y: number,
    logSum: number,
    q: number,
    kv: number,
    parents: number,
    chains: number,
    rows: number,
    slots: number,
    heads: number,
    kvHeads: number,
    d: number,
    window: number,
    scale: number,
    softCap: number,
    room: number,
  ): void;
  /** Bytes that attention needs besides its operands. @param group query heads of a head of keys */
  attentionBytes(slots: number, group: number): number;
  /** Bytes that a product needs besides its operands. */
  scratchBytes(): number;
}

/** A product's arguments: addresses, steps in bytes, sizes, and what is done with it. */
export type Product = (
  c: number,
  toNext: number,
  a: number,
  ofNext: number,
  b: number,
  byNext: number,
  n: number,
  k: number,
  first: number,
  end: number,
  factor: number,
  adds: boolean,
  codes: number,
  scratch: number,
) => void;

interface Attached {
  readonly kernels: WasmKernels;
  /** What they are an instance of. */
  readonly module: WebAssembly.Module;
  readonly fused: boolean;
  /** Address of the room that products need. */
  readonly scratch: number;
  /** Address of a few words in which an operand is described. */
  readonly note: number;
}

const NOTE_BYTES = 32;

const attached = new WeakMap<object, Attached>();

/** Attaches the functions to the present backend, if they are not yet. @throws DeviceError where they cannot run */
export async function attachKernels(read: ReadBinary): Promise<void> {
  const backend = tf.backend();
  if (attached.has(backend)) return;
  if (!(await simd())) throw new DeviceError('this engine has no vectors in WebAssembly (SIMD)');
  const fused = await relaxedSimd();
  const { own, shared } = KERNEL_BINARIES[fused ? 'fused' : 'plain'];
  const { instance, module } = await WebAssembly.instantiate(
    await read(sharesHeap() ? shared : own),
    { env: { memory: heap() } },
  );
  const kernels = instance.exports as unknown as WasmKernels;
  attached.set(backend, {
    kernels,
    module,
    fused,
    scratch: reserve(kernels.scratchBytes()),
    note: reserve(NOTE_BYTES),
  });
}

/** The functions of the present backend, which is wasm. */
export const wasmKernels = (): Attached => attached.get(tf.backend())!;

/** Whether products of the present backend, which is wasm, multiply and add in one instruction. */
export const fusesProducts = (): boolean => wasmKernels().fused;

/** Reads binaries from the folder of tfjs's own. @param folder its address, ending in `/` */
export const fetchedFrom =
  (folder: string): ReadBinary =>
  async (name) => {
    const response = await fetch(folder + name);
    if (!response.ok) throw new DeviceError(`${folder}${name} answers ${response.status}`);
    return response.arrayBuffer();
  };
