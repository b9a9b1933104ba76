// tfjs's WebGPU backend with a bounded pool of buffers.
import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { BufferPool } from './buffer-pool.ts';

export class LabWebGpuBackend extends WebGPUBackend {
  readonly pool: BufferPool;

  constructor(device: GPUDevice, adapter: GPUAdapterInfo) {
    super(device, adapter);
    this.pool = new BufferPool(device);
    // Same methods; its class is not exported.
    this.bufferManager = this.pool as unknown as WebGPUBackend['bufferManager'];
  }

  override submitQueue(): void {
    super.submitQueue();
    this.pool.submitted();
  }
}
