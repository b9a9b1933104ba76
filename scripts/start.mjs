// `npm start`: installs what is missing, builds the page and opens it in the browser.
import { ensureInstalled, root } from './ensure-installed.mjs';

ensureInstalled();
const { build, preview } = await import('vite');
await build({ root, logLevel: 'warn' });
const server = await preview({ root, preview: { open: !process.env.CI && !process.env.NO_OPEN } });
console.log('The lab is running (Ctrl-C stops it):');
server.printUrls();
