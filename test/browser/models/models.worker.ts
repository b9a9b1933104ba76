// The lab's worker without a GPU: a model is the checksum of its weights.
import * as Comlink from 'comlink';
import type { Notice } from '../../../src/lab/contract.ts';
import '../../../src/lab/thrown-errors.ts';
import { ModelDesk } from '../../../src/lab/models/model-desk.ts';
import { ModelSources } from '../../../src/lab/models/model-sources.ts';
import { estimateMemory } from '../../../src/model/memory-estimate.ts';
import { requiredFile } from '../../../src/model/files/model-files.ts';
import { sha256Hex } from '../../../src/model/sources/file-hash.ts';
import { ModelCache } from '../../../src/model/sources/model-cache.ts';
import { openBlobStore } from '../../../src/model/sources/open-store.ts';
import { hurriedNetwork } from '../../support/hurried-network.ts';

const notices: Notice[] = [];
let cache: Promise<ModelCache> | undefined;
const openCache = () =>
  (cache ??= openBlobStore((notice) => notices.push(notice)).then(
    (store) => new ModelCache(store),
  ));

const network = hurriedNetwork();

const desk = new ModelDesk<void>({
  sources: new ModelSources('builtin/', openCache, network),
  notices,
  cache: openCache,
  async place(files) {
    const bytes = await requiredFile(files, 'model.safetensors');
    notices.push({ message: await sha256Hex(new Uint8Array(bytes)), advice: 'checksum' });
  },
  release: () => {},
  memory: async () => ({ limit: 4e9, keepsBf16: true, estimate: estimateMemory }),
});

self.addEventListener(
  'message',
  ({ data }: MessageEvent<{ store: string | null; silenceMs: number }>) => {
    Object.assign(network, { silenceMs: data.silenceMs });
    const scope = globalThis as { caches?: CacheStorage };
    if (data.store === 'cache' || data.store === 'memory') {
      Reflect.deleteProperty(StorageManager.prototype, 'getDirectory');
    }
    if (data.store === 'memory') Object.defineProperty(scope, 'caches', { value: undefined });
  },
  { once: true },
);
Comlink.expose({ study: { prepare: async () => {} }, models: desk });
