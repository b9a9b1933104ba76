// A safetensors file written piece by piece, so that its tensors need not fit into memory.
import { open, rename, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { InputError } from '../src/core/errors.ts';
import { layOutSafetensors } from '../src/model/files/safetensors-writer.ts';
import type { SafetensorsLayout } from '../src/model/files/safetensors-writer.ts';

/** Under another name until it is complete: a failure leaves no half-written file. */
export class TensorFile {
  private constructor(
    readonly path: string,
    private readonly file: FileHandle,
    private readonly shapes: ReadonlyMap<string, readonly number[]>,
    private readonly layout: SafetensorsLayout,
  ) {}

  /** @param shapes of the F32 tensors to come @throws InputError if the file cannot be made */
  static async create(
    path: string,
    shapes: ReadonlyMap<string, readonly number[]>,
  ): Promise<TensorFile> {
    const layout = layOutSafetensors(shapes);
    try {
      const file = await open(`${path}.new`, 'w');
      await file.write(layout.header);
      return new TensorFile(path, file, shapes, layout);
    } catch (error) {
      throw new InputError(
        `${path} cannot be written (${(error as Error).message})`,
        'give another --out',
        'out',
      );
    }
  }

  /** Writes whole rows of a tensor (entries of its first axis), from `row` on. */
  async write(tensor: string, row: number, values: Float32Array): Promise<void> {
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    const rowSize = this.shapes
      .get(tensor)!
      .slice(1)
      .reduce((all, extent) => all * extent, 1);
    const position = this.layout.positions.get(tensor)! + 4 * row * rowSize;
    for (let done = 0; done < bytes.length;) {
      const { bytesWritten } = await this.file.write(bytes, done, undefined, position + done);
      done += bytesWritten;
    }
  }

  /** Moves the finished file into place. */
  async finish(): Promise<void> {
    await this.file.close();
    await rename(`${this.path}.new`, this.path);
  }

  /** Gives up; does nothing to a finished file. */
  async discard(): Promise<void> {
    await this.file.close();
    await rm(`${this.path}.new`, { force: true });
  }
}
