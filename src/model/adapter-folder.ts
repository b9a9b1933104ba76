// An adapter in whichever layout its files have: PEFT's two, or one of GGUF.
import { ADAPTER_CONFIG, readAdapter, type AdapterFile } from './adapter/peft.ts';
import type { ModelFiles } from './files/model-files.ts';
import { writeAdapter } from './adapter/peft-writer.ts';
import { readGgufAdapter, writeGgufAdapter, hasGguf } from './gguf-adapter.ts';
import { isGguf } from './gguf-folder.ts';
import type { DecoderSpec } from './spec/decoder-spec.ts';

/** @throws InputError as `readAdapter` and `readGgufAdapter` */
export async function openAdapter(files: ModelFiles, spec: DecoderSpec): Promise<AdapterFile> {
  const names = (await files.names?.()) ?? [];
  const found = names.find(isGguf);
  if (found === undefined || names.includes(ADAPTER_CONFIG)) return readAdapter(files, spec);
  return readGgufAdapter(files, found, spec);
}

/** What PEFT and llama.cpp load, each its own: name to contents. GGUF only where it has the family. */
export function adapterFiles(
  adapter: AdapterFile,
  spec: DecoderSpec,
  baseModel?: string,
): Map<string, Uint8Array<ArrayBuffer>> {
  const files = writeAdapter(adapter, spec, baseModel);
  if (hasGguf(spec)) files.set('adapter.gguf', writeGgufAdapter(adapter, spec));
  return files;
}
