// Runs before all browser tests: builds the pages that they open.
export { buildPages as default } from './serve.ts';
