// tfjs's WebGPU backend with a bounded pool of buffers, whose reads end when the device fails.
import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { DeviceFailure } from '../device-failure.ts';
import type { TensorInfo } from '../tf.ts';
import { BufferPool } from './buffer-pool.ts';

export class LabWebGpuBackend extends WebGPUBackend {
  readonly pool: BufferPool;
  /** Called with the name of every program that is dispatched, ours and tfjs's. */
  onDispatch: ((program: string) => void) | undefined;

  constructor(
    device: GPUDevice,
    adapter: GPUAdapterInfo,
    readonly failure: DeviceFailure,
  ) {
    super(device, adapter);
    this.pool = new BufferPool(device);
    // Same methods; its class is not exported.
    this.bufferManager = this.pool as unknown as WebGPUBackend['bufferManager'];
  }

  override submitQueue(): void {
    super.submitQueue();
    this.pool.submitted();
  }

  override runWebGPUProgram(
    ...call: Parameters<WebGPUBackend['runWebGPUProgram']>
  ): ReturnType<WebGPUBackend['runWebGPUProgram']> {
    const output = super.runWebGPUProgram(...call);
    const [program] = call;
    // Its key is complete only now. An empty result is not computed.
    if (output.shape.every((size) => size > 0)) {
      this.onDispatch?.(`${program.constructor.name} ${program.shaderKey}`);
    }
    return output;
  }

  /** Puts values into a tensor, the first at place `at`, after all that was encoded so far. */
  fill({ dataId }: TensorInfo, at: number, values: Float32Array | Int32Array): void {
    this.uploadToGPU(dataId);
    // What was encoded may still use the buffer, if the pool had it before.
    this.ensureCommandEncoderReady();
    this.endComputePassEncoder();
    this.submitQueue();
    const buffer = this.tensorMap.get(dataId).resource as GPUBuffer;
    this.device.queue.writeBuffer(buffer, 4 * at, values as Float32Array<ArrayBuffer>);
  }

  /** @throws DeviceError once the device has failed */
  override read(...tensor: Parameters<WebGPUBackend['read']>): ReturnType<WebGPUBackend['read']> {
    return this.failure.guard(super.read(...tensor));
  }
}
