// What can go wrong with the thing that computes, each an error of its own class, made where it happens.

/** A fault of the device or backend, not of what it was asked: another one may do the same work. */
export class DeviceError extends Error {
  override readonly name: string = 'DeviceError';
}

/** The browser did not answer, has no WebGPU, or offers no adapter. */
export class NoDeviceError extends DeviceError {
  override readonly name = 'NoDeviceError';
}

/** The GPU went away: its process crashed, the driver was reset, the machine slept. */
export class DeviceLostError extends DeviceError {
  override readonly name = 'DeviceLostError';
}

/** The device, or WebAssembly's memory, has no room for what was asked of it. */
export class OutOfMemoryError extends DeviceError {
  override readonly name = 'OutOfMemoryError';
}

/** A program that the device cannot compile or run. */
export class ProgramError extends DeviceError {
  override readonly name = 'ProgramError';
}

/** Programs whose results are not those of the processor. */
export class WrongResultError extends DeviceError {
  override readonly name = 'WrongResultError';

  /** @param programs by the names that they have on the device */
  constructor(
    message: string,
    readonly programs: readonly string[],
  ) {
    super(message);
  }
}
