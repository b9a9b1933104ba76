// The compiler of AssemblyScript, which is made to be started from a shell.

/** Besides the compiler's own libraries, by path. Undefined: those on the disk. */
type ReadSource = (path: string) => string | null;

/** What all of our WebAssembly is compiled with. */
export const OPTIONS: readonly string[] = ['--runtime=stub', '--noAssert', '--use=abort=', '-O3'];

/** Of engines with vectors, and of those that multiply and add in one instruction as well. */
export const FEATURES = {
  plain: ['--enable=simd'],
  fused: ['--enable=simd', '--enable=relaxed-simd'],
} as const satisfies Record<string, readonly string[]>;

/** @param options the file among them @throws Error with the compiler's messages */
export async function compiled(
  options: readonly string[],
  readFile?: ReadSource,
): Promise<Uint8Array<ArrayBuffer>> {
  const { default: compiler } = await import('assemblyscript/asc');
  let binary: Uint8Array<ArrayBuffer> | undefined;
  const { error, stderr } = await compiler.main([...options, '--outFile', 'kernels.wasm'], {
    writeFile: (_, contents) => void (binary = new Uint8Array(contents as Uint8Array)),
    ...(readFile && { readFile }),
  });
  if (error || !binary) throw new Error(`${error?.message}\n${stderr.toString()}`);
  return binary;
}
