// A helper of the lab's worker on the page: takes parts of its products.
import { help } from '../src/tensor/wasm/product-parts.ts';
import type { HelperSetup } from '../src/tensor/wasm/product-parts.ts';

self.addEventListener('message', ({ data }: MessageEvent<HelperSetup>) => help(data));
