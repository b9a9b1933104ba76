// Serves the built page of the package on this computer and opens it in the browser.
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import sirv from 'sirv';
import { ISOLATION } from '../src/tensor/wasm/isolation.ts';
import { PACKAGED_PAGE } from './packaged.ts';

/** The page's own, so that its storage is found again; any other where it is taken. */
const PORT = 4174;

/** Until the process ends. */
export async function openPage(): Promise<void> {
  const headers = Object.entries(ISOLATION);
  const files = sirv(PACKAGED_PAGE, {
    etag: true,
    setHeaders: (response) => headers.forEach(([name, value]) => response.setHeader(name, value)),
  });
  const server = createServer((request, response) => files(request, response));
  await new Promise<void>((resolve) => {
    server.once('error', () => server.listen(0, '127.0.0.1', resolve));
    server.listen(PORT, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  console.log(`The lab is running at ${url} (Ctrl-C stops it; "help" lists the commands)`);
  if (!process.env.CI && !process.env.NO_OPEN) openInBrowser(url);
}

/** Where no browser can be opened, the address stands in the terminal. */
function openInBrowser(url: string): void {
  const [program, ...words] = {
    darwin: ['open'],
    win32: ['cmd', '/c', 'start', '""'],
  }[process.platform as string] ?? ['xdg-open'];
  spawn(program!, [...words, url], { stdio: 'ignore', detached: true })
    .on('error', () => {})
    .unref();
}
