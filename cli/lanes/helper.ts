// A helper of a thread in Node: takes parts of its products.
import { workerData } from 'node:worker_threads';
import { help } from '../../src/tensor/wasm/product-parts.ts';
import type { HelperSetup } from '../../src/tensor/wasm/product-parts.ts';

help(workerData as HelperSetup);
