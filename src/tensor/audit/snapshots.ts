// Copies of tensors as they were at a moment, read back all at once.
import * as tf from '../tf.ts';
import { gpu } from '../webgpu/gpu.ts';

export type TensorValues = Float32Array | Int32Array;

/** A tensor's values at a moment. */
export class Snapshot {
  constructor(
    readonly shape: number[],
    readonly dtype: tf.DataType,
    /** Shared by tensors of one memory. */
    readonly memory: { values: TensorValues },
  ) {}

  /** There once `read` of the snapshots has resolved. */
  get values(): TensorValues {
    return this.memory.values;
  }
}

/** Elements of one staging tensor; a larger copy gets one of its own. */
const STAGED = 2 ** 18;

export class Snapshots {
  /** By the identity of what is copied: nothing changes but what says so. */
  readonly #taken = new Map<object, Snapshot>();
  readonly #stages: { tensor: tf.TensorInfo; used: number; size: number; copies: Copy[] }[] = [];

  take(info: tf.TensorInfo): Snapshot {
    const known = this.#taken.get(info.dataId);
    if (known) return new Snapshot(info.shape, info.dtype, known.memory);
    const snapshot = new Snapshot(info.shape, info.dtype, { values: new Float32Array(0) });
    this.#taken.set(info.dataId, snapshot);
    const size = tf.util.sizeFromShape(info.shape);
    if (size === 0) return snapshot;
    if (tf.getBackend() === 'webgpu') this.#stage(info, snapshot, size);
    else snapshot.memory.values = (tf.backend().readSync(info.dataId) as Float32Array).slice();
    return snapshot;
  }

  /** What was taken of a tensor that has changed since. */
  forget({ dataId }: tf.TensorInfo): void {
    this.#taken.delete(dataId);
  }

  async read(): Promise<void> {
    for (const { tensor, copies } of this.#stages) {
      const floats = (await tf.backend().read(tensor.dataId)) as Float32Array;
      for (const { snapshot, first, size } of copies) {
        const part = floats.slice(first, first + size);
        const whole = snapshot.dtype !== 'float32';
        snapshot.memory.values = whole ? new Int32Array(part.buffer) : part;
      }
      gpu().dispose(tensor);
    }
    this.#stages.length = 0;
  }

  #stage(info: tf.TensorInfo, snapshot: Snapshot, size: number): void {
    let stage = this.#stages.at(-1);
    if (stage === undefined || stage.used + size > stage.size) {
      const room = Math.max(STAGED, size);
      stage = { tensor: gpu().output([room]), used: 0, size: room, copies: [] };
      this.#stages.push(stage);
    }
    gpu().copy(info, 0, stage.tensor, stage.used, size);
    stage.copies.push({ snapshot, first: stage.used, size });
    stage.used += size;
  }
}

interface Copy {
  readonly snapshot: Snapshot;
  readonly first: number;
  readonly size: number;
}
