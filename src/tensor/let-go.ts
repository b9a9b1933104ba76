// Memory that is given back at once: a collector lets tens of megabytes of arrays lie before it comes by.

/** What engines have had since 2023, and Node since 21. */
interface Transferable {
  transfer?: (bytes: number) => ArrayBuffer;
}

/**
 * Takes an array's memory from it, which leaves it empty, and every view of it. It must be the caller's own, and never
 * have been a browser's: what comes from a file, or goes to a GPU, has a second owner, so that nothing is given back,
 * and the collector no longer counts it. One that is a part of something larger is left alone, and so is everything
 * where engines cannot do it.
 */
export function letGo({ buffer, byteLength }: ArrayBufferView): void {
  if (byteLength > 0 && byteLength === buffer.byteLength) (buffer as Transferable).transfer?.(0);
}
