// Where tfjs's WebAssembly with vectors lies: as it comes, and, in a folder beside it, with memory that threads share.

export const SHARED_FOLDER = 'shared/';

const NAME = 'tfjs-backend-wasm-simd.wasm';
export const TFJS_BINARIES = { own: NAME, shared: SHARED_FOLDER + NAME } as const;
