// The files that a person brings, zips unpacked.
import { isOfRun, type Files } from '../../lab/archive/imported-run.ts';
import { unzipped } from './zip.ts';

/** By their paths in the chosen folder or zip; what says nothing of a run is not read. */
export async function broughtFiles(chosen: readonly File[]): Promise<Files> {
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const file of chosen) {
    const path = file.webkitRelativePath || file.name;
    const isZip = /\.zip$/i.test(path);
    if (!isZip && !isOfRun(path)) continue;
    const bytes = new Uint8Array(await file.arrayBuffer());
    const inside = isZip ? unzipped(bytes, path, isOfRun) : [[path, bytes] as const];
    for (const [name, content] of inside) files.set(name, content);
  }
  return files;
}
