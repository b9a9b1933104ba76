// Running our own WGSL programs on tfjs's WebGPU backend: its buffers, its command encoder.
import type { DeviceFailure } from '../device-failure.ts';
import * as tf from '../tf.ts';
import { watchProgram } from './device.ts';
import type { LabWebGpuBackend } from './lab-backend.ts';

/**
 * A compute program. The dispatcher writes the declarations: the uniforms as `u.<name>`, and every
 * read and write as a storage variable of its name. `code` holds the functions and the entry `main`.
 */
export interface Program {
  /** Unique: programs with different code have different names. */
  readonly name: string;
  /** Variable name to WGSL type, e.g. `array<f32>`. */
  readonly reads: Readonly<Record<string, string>>;
  /** Bound for reading and writing. A tensor must not be bound to a read of the same dispatch. */
  readonly writes: Readonly<Record<string, string>>;
  readonly uniforms: Readonly<Record<string, 'u32' | 'i32' | 'f32'>>;
  /** WGSL `enable` directives, e.g. `f16`. */
  readonly enable?: readonly string[];
  readonly code: string;
}

export interface Dispatch {
  /** A tensor for every read and write of the program. */
  readonly tensors: Readonly<Record<string, tf.TensorInfo>>;
  /** A value for every uniform of the program. */
  readonly uniforms: Readonly<Record<string, number>>;
  readonly workgroups: readonly [number, number?, number?];
}

/** The parts of tfjs's backend that dispatches go through, private ones among them; pinned to 4.22. */
type Internals = Pick<
  LabWebGpuBackend,
  | 'device'
  | 'makeTensorInfo'
  | 'uploadToGPU'
  | 'tensorMap'
  | 'disposeData'
  | 'ensureCommandEncoderReady'
  | 'endComputePassEncoder'
  | 'submitQueue'
  | 'onDispatch'
> & {
  commandEncoder: GPUCommandEncoder | null;
  computePassEncoder: GPUComputePassEncoder | null;
  dispatchCountInPass: number;
};

/** Uniform buffers kept for values that come again, as they do at every training step. */
const KEPT_UNIFORMS = 4096;
/** Dispatches per submission: enough to keep a GPU busy, few enough to let it begin early. */
const BATCH = 32;

const instances = new WeakMap<LabWebGpuBackend, Gpu>();

/** The dispatcher of the present backend, which must be webgpu. */
export function gpu(): Gpu {
  const backend = tf.backend() as LabWebGpuBackend;
  let instance = instances.get(backend);
  if (instance === undefined) instances.set(backend, (instance = new Gpu(backend)));
  return instance;
}

export class Gpu {
  readonly device: GPUDevice;
  readonly #backend: Internals;
  readonly #failure: DeviceFailure;
  readonly #pipelines = new Map<string, GPUComputePipeline>();
  readonly #uniforms = new Map<string, GPUBuffer>();
  /** All NaN. */
  #spoiled: GPUBuffer | undefined;

  constructor(backend: LabWebGpuBackend) {
    this.#backend = backend as unknown as Internals;
    this.device = backend.device;
    this.#failure = backend.failure;
  }

  /** A new tensor for a program to write; its contents are arbitrary, and NaN while programs are tested. */
  output(shape: number[], dtype: 'float32' | 'int32' = 'float32'): tf.TensorInfo {
    const info = this.#backend.makeTensorInfo(shape, dtype);
    if (this.#backend.onDispatch) this.#spoil(info);
    return info;
  }

  /** Gives back a tensor that never left its kernel; dispatches already encoded still have it. */
  dispose({ dataId }: tf.TensorInfo): void {
    this.#backend.disposeData(dataId);
  }

  /** A new tensor of zeros. */
  zeros(shape: number[]): tf.TensorInfo {
    const info = this.output(shape);
    const buffer = this.#buffer(info);
    this.#backend.ensureCommandEncoderReady();
    this.#backend.endComputePassEncoder();
    this.#backend.commandEncoder!.clearBuffer(buffer);
    return info;
  }

  /** Copies elements of 4 bytes between tensors, in the order of dispatches. */
  copy(from: tf.TensorInfo, fromStart: number, to: tf.TensorInfo, toStart: number, count: number) {
    const [source, target] = [this.#buffer(from), this.#buffer(to, true)];
    this.#backend.ensureCommandEncoderReady();
    this.#backend.endComputePassEncoder();
    this.#backend.commandEncoder!.copyBufferToBuffer(
      source,
      4 * fromStart,
      target,
      4 * toStart,
      4 * count,
    );
  }

  /** Encodes one dispatch. Nothing is run if a count of workgroups is 0. */
  run(program: Program, { tensors, uniforms, workgroups }: Dispatch): void {
    const [x, y = 1, z = 1] = workgroups;
    if (x * y * z === 0) return;
    const pipeline = this.#pipeline(program);
    this.#backend.onDispatch?.(program.name);
    const reads = Object.keys(program.reads).map((name) => this.#buffer(tensors[name]!));
    const writes = Object.keys(program.writes).map((name) => this.#buffer(tensors[name]!, true));
    const storage = [...reads, ...writes].map((buffer) => ({ buffer }));
    const bindings = [...this.#uniformBinding(program, uniforms), ...storage];
    const group = this.device.createBindGroup({
      layout: pipeline.getBindGroupLayout(0),
      entries: bindings.map((resource, binding) => ({ binding, resource })),
    });
    const backend = this.#backend;
    backend.ensureCommandEncoderReady();
    backend.computePassEncoder ??= backend.commandEncoder!.beginComputePass();
    const pass = backend.computePassEncoder;
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, group);
    pass.dispatchWorkgroups(x, y, z);
    if (++backend.dispatchCountInPass >= BATCH) {
      backend.endComputePassEncoder();
      backend.submitQueue();
    }
  }

  /** Resolves when all that was encoded so far has run. */
  async finished(): Promise<void> {
    const backend = this.#backend;
    backend.endComputePassEncoder();
    if (backend.commandEncoder) backend.submitQueue();
    await this.#failure.guard(this.device.queue.onSubmittedWorkDone());
  }

  /** @param written forgets the copy that tfjs keeps of a tensor that was read: it is out of date */
  #buffer({ dataId }: tf.TensorInfo, written = false): GPUBuffer {
    this.#backend.uploadToGPU(dataId);
    const data = this.#backend.tensorMap.get(dataId);
    if (written) data.values = null as never;
    return data.resource as GPUBuffer;
  }

  #uniformBinding(program: Program, values: Readonly<Record<string, number>>) {
    const fields = Object.entries(program.uniforms);
    if (fields.length === 0) return [];
    const key = fields.map(([name, type]) => `${type}${values[name]}`).join();
    let buffer = this.#uniforms.get(key);
    if (buffer === undefined) {
      const view = new DataView(new ArrayBuffer(16 * Math.ceil(fields.length / 4)));
      fields.forEach(([name, type], i) => {
        if (type === 'f32') view.setFloat32(4 * i, values[name]!, true);
        else view.setUint32(4 * i, values[name]!, true);
      });
      buffer = this.device.createBuffer({
        size: view.byteLength,
        usage: GPUBufferUsage.UNIFORM,
        mappedAtCreation: true,
      });
      new Uint8Array(buffer.getMappedRange()).set(new Uint8Array(view.buffer));
      buffer.unmap();
      this.#keepUniform(key, buffer);
    }
    return [{ buffer }];
  }

  /** Forgotten buffers are left to the garbage collector: commands in flight may still read them. */
  #keepUniform(key: string, buffer: GPUBuffer): void {
    if (this.#uniforms.size >= KEPT_UNIFORMS) {
      const [oldest] = this.#uniforms.keys();
      this.#uniforms.delete(oldest!);
    }
    this.#uniforms.set(key, buffer);
  }

  #pipeline(program: Program): GPUComputePipeline {
    let pipeline = this.#pipelines.get(program.name);
    if (pipeline === undefined) {
      pipeline = watchProgram(this.device, this.#failure, program.name, () => this.#make(program));
      this.#pipelines.set(program.name, pipeline);
    }
    return pipeline;
  }

  /** What is not written must be seen, whatever the buffer held before. */
  #spoil(info: tf.TensorInfo): void {
    const bytes = 4 * tf.util.sizeFromShape(info.shape);
    if (bytes === 0) return;
    if ((this.#spoiled?.size ?? 0) < bytes) {
      const usage = GPUBufferUsage.COPY_SRC;
      this.#spoiled = this.device.createBuffer({ size: bytes, usage, mappedAtCreation: true });
      new Uint32Array(this.#spoiled.getMappedRange()).fill(0x7fc00000);
      this.#spoiled.unmap();
    }
    const buffer = this.#buffer(info);
    this.#backend.ensureCommandEncoderReady();
    this.#backend.endComputePassEncoder();
    this.#backend.commandEncoder!.copyBufferToBuffer(this.#spoiled!, 0, buffer, 0, bytes);
  }

  #make(program: Program): GPUComputePipeline {
    const { device } = this;
    const { name: label } = program;
    const entries = layoutOf(program);
    return device.createComputePipeline({
      label,
      layout: device.createPipelineLayout({
        bindGroupLayouts: [device.createBindGroupLayout({ entries })],
      }),
      compute: {
        module: device.createShaderModule({ label, code: sourceOf(program) }),
        entryPoint: 'main',
      },
    });
  }
}

/** Workgroup counts for `groups` in all; the program numbers them by `id.x + id.y * count.x`. */
export function spread(groups: number): [number, number] {
  const most = 65535;
  if (groups <= most) return [groups, 1];
  const y = Math.ceil(groups / most);
  return [Math.ceil(groups / y), y];
}

function layoutOf({ uniforms, reads, writes }: Program): GPUBindGroupLayoutEntry[] {
  const types: GPUBufferBindingType[] = [
    ...(Object.keys(uniforms).length > 0 ? (['uniform'] as const) : []),
    ...Object.keys(reads).map(() => 'read-only-storage' as const),
    ...Object.keys(writes).map(() => 'storage' as const),
  ];
  return types.map((type, binding) => ({
    binding,
    visibility: GPUShaderStage.COMPUTE,
    buffer: { type },
  }));
}

function sourceOf({ enable = [], uniforms, reads, writes, code }: Program): string {
  const lines = enable.map((feature) => `enable ${feature};`);
  let binding = 0;
  const fields = Object.entries(uniforms);
  if (fields.length > 0) {
    lines.push(
      `struct Uniforms { ${fields.map(([name, type]) => `${name}: ${type}`).join(', ')} }`,
    );
    lines.push(`@group(0) @binding(${binding++}) var<uniform> u: Uniforms;`);
  }
  for (const [name, type] of Object.entries(reads)) {
    lines.push(`@group(0) @binding(${binding++}) var<storage, read> ${name}: ${type};`);
  }
  for (const [name, type] of Object.entries(writes)) {
    lines.push(`@group(0) @binding(${binding++}) var<storage, read_write> ${name}: ${type};`);
  }
  return `${lines.join('\n')}\n${code}`;
}
