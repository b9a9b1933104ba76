// `npm run lab -- COMMAND`: the lab without a page. Runs cli/main.ts as it is, without a build.
import { ensureInstalled } from './ensure-installed.mjs';

ensureInstalled();
const { register } = await import('tsx/esm/api');
register();
await import('../cli/main.ts');
