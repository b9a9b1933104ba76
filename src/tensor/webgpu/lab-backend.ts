// tfjs's WebGPU backend with a bounded pool of buffers, whose reads end when the device fails.
import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { DeviceFailure } from '../device-failure.ts';
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

  /** @throws DeviceError once the device has failed */
  override read(...tensor: Parameters<WebGPUBackend['read']>): ReturnType<WebGPUBackend['read']> {
    return this.failure.guard(super.read(...tensor));
  }
}
