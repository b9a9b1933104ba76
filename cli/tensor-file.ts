// A safetensors file written piece by piece, so that its tensors need not fit into memory.
import { open, rename, rm, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { layOutSafetensors } from '../src/model/files/safetensors-writer.ts';
import type { SafetensorsLayout } from '../src/model/files/safetensors-writer.ts';
import { asOut } from './out-place.ts';

/** Under another name until it is complete: a failure leaves no half-written file. */
export class TensorFile {
  private constructor(
    readonly path: string,
    /** Where it is written; under another name than `path` where that may stand for a file. */
    private readonly target: string,
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
    // A device such as /dev/null is written into, and must not be replaced.
    const found = await stat(path).catch(() => undefined);
    const target = found && !found.isFile() ? path : `${path}.new`;
    return asOut(path, 'out', async () => {
      const file = await open(target, 'w');
      await file.write(layout.header);
      return new TensorFile(path, target, file, shapes, layout);
    });
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
      const { bytesWritten } = await asOut(this.path, 'out', () =>
        this.file.write(bytes, done, undefined, position + done),
      );
      done += bytesWritten;
    }
  }

  /** Moves the finished file into place. */
  async finish(): Promise<void> {
    await this.file.close();
    if (this.target !== this.path) await rename(this.target, this.path);
  }

  /** Gives up; does nothing to a finished file. */
  async discard(): Promise<void> {
    await this.file.close();
    if (this.target !== this.path) await rm(this.target, { force: true });
  }
}
