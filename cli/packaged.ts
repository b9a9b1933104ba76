// Whether this is the package, compiled and with the page built, or the repository.
import { fileURLToPath } from 'node:url';

export const PACKAGED = import.meta.url.endsWith('.js');

/** In the package: where the built page lies, with the built-in model and the kernels. */
export const PACKAGED_PAGE = fileURLToPath(new URL('../public', import.meta.url));
