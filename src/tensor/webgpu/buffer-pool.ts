// A pool of GPU buffers with a bound: tfjs's own keeps every buffer it ever made.

/** Bytes of free buffers that are kept for tensors to come. */
const KEPT_BYTES = 128 * 2 ** 20;

/**
 * Takes the place of tfjs's `BufferManager` (4.22), with the same methods. Free buffers are found by
 * size and usage; beyond the bound the ones unused for longest are destroyed, once the commands that
 * may still name them are submitted.
 */
export class BufferPool {
  readonly #device: GPUDevice;
  readonly #keptBytes: number;
  /** By size and usage, the most recently freed last. */
  readonly #free = new Map<string, GPUBuffer[]>();
  /** Free buffers in the order they were freed. */
  readonly #order = new Set<GPUBuffer>();
  readonly #used = new Set<GPUBuffer>();
  #freeBytes = 0;
  #doomed: GPUBuffer[] = [];
  /** Of tensors and of buffers in flight. */
  numBytesUsed = 0;
  /** Used and free. */
  numBytesAllocated = 0;
  /** The most that was used at once since the pool was made, or since this was last set. */
  peakBytesUsed = 0;

  constructor(device: GPUDevice, keptBytes = KEPT_BYTES) {
    this.#device = device;
    this.#keptBytes = keptBytes;
  }

  acquireBuffer(
    size: number,
    usage: GPUBufferUsageFlags,
    mappedAtCreation = false,
    reuse = true,
  ): GPUBuffer {
    const found = reuse ? this.#free.get(keyOf({ size, usage }))?.pop() : undefined;
    const buffer = found ?? this.#device.createBuffer({ size, usage, mappedAtCreation });
    if (found) {
      this.#order.delete(found);
      this.#freeBytes -= size;
    } else {
      this.numBytesAllocated += size;
    }
    this.#used.add(buffer);
    this.numBytesUsed += size;
    this.peakBytesUsed = Math.max(this.peakBytesUsed, this.numBytesUsed);
    return buffer;
  }

  releaseBuffer(buffer: GPUBuffer, reuse = true): void {
    if (!this.#used.delete(buffer)) throw new Error('the buffer is not of this pool');
    this.numBytesUsed -= buffer.size;
    if (!reuse) {
      this.numBytesAllocated -= buffer.size;
      this.#doomed.push(buffer);
      return;
    }
    const key = keyOf(buffer);
    const alike = this.#free.get(key);
    if (alike) alike.push(buffer);
    else this.#free.set(key, [buffer]);
    this.#order.add(buffer);
    this.#freeBytes += buffer.size;
    this.#evict();
  }

  /** To be called after every submission: what was given up before it can now be destroyed. */
  submitted(): void {
    for (const buffer of this.#doomed) buffer.destroy();
    this.#doomed = [];
  }

  getNumUsedBuffers(): number {
    return this.#used.size;
  }

  getNumFreeBuffers(): number {
    return this.#order.size;
  }

  dispose(): void {
    this.submitted();
    for (const buffer of [...this.#used, ...this.#order]) buffer.destroy();
    this.#used.clear();
    this.#order.clear();
    this.#free.clear();
    [this.#freeBytes, this.numBytesUsed, this.numBytesAllocated] = [0, 0, 0];
  }

  /** Gives up the free buffers unused for longest until the rest is within the bound. */
  #evict(): void {
    for (const buffer of this.#order) {
      if (this.#freeBytes <= this.#keptBytes) return;
      this.#order.delete(buffer);
      this.#freeBytes -= buffer.size;
      this.numBytesAllocated -= buffer.size;
      const key = keyOf(buffer);
      const alike = this.#free.get(key)!;
      alike.splice(alike.indexOf(buffer), 1);
      if (alike.length === 0) this.#free.delete(key);
      this.#doomed.push(buffer);
    }
  }
}

const keyOf = ({ size, usage }: { size: number; usage: number }) => `${size} ${usage}`;
