// Hosts as they are found in the wild, each serving the built page in its own way.
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { gzipSync } from 'node:zlib';
import { HEADERS_BY_PATH } from '../../../build/security-headers.ts';

/** A name that both browsers find on this computer, and that they do not trust as they do `localhost`. */
export const OTHER_HOST = 'lab.test';

export interface HostHabits {
  /** Under which name the page is opened. */
  readonly name?: string;
  /** The folder that the page lies in, with a slash at its end; the root unless given. */
  readonly under?: string;
  /** Compresses everything, whatever is asked for. */
  readonly compresses?: boolean;
  /** Answers a request for a part with the whole. */
  readonly ignoresRanges?: boolean;
  /** Sent with everything. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Changes a script before it is sent: what a browser lacks is taken away at its beginning. */
  readonly prelude?: { readonly to: RegExp; readonly code: string };
}

export interface Host {
  /** Ends in a slash. */
  readonly url: string;
  /** What browsers reported against the Content-Security-Policy. */
  readonly violations: string[];
  close(): Promise<void>;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.wasm': 'application/wasm',
};

/** @param folder of the built page */
export async function serveAs(folder: string, habits: HostHabits = {}): Promise<Host> {
  const violations: string[] = [];
  const server = createServer((request, response) => {
    if (request.url === '/violations') return void report(request, response, violations);
    answer(folder, habits, request, response).catch(() => {
      response.writeHead(404).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${habits.name ?? '127.0.0.1'}:${port}/${habits.under ?? ''}`,
    violations,
    close: async () => {
      server.closeAllConnections();
      if (server.listening) await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function answer(
  folder: string,
  { under = '', compresses = false, ignoresRanges = false, headers = {}, prelude }: HostHabits,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { pathname: whole } = new URL(request.url ?? '/', 'http://host');
  if (!whole.startsWith(`/${under}`)) throw new Error('nothing lies outside of the folder');
  const pathname = whole.slice(under.length);
  const name = pathname.endsWith('/') ? `${pathname}index.html` : pathname;
  let bytes: Buffer = await readFile(join(folder, normalize(decodeURIComponent(name))));
  if (prelude?.to.test(name)) bytes = Buffer.concat([Buffer.from(`${prelude.code}\n`), bytes]);
  const rules = ['/*', pathname].map((path) => HEADERS_BY_PATH[path] ?? {});
  const policies = rules.flatMap((rule) => rule['content-security-policy'] ?? []);
  const common = {
    'content-type': TYPES[extname(name)] ?? 'application/octet-stream',
    'cache-control': 'no-cache',
    etag: `"${bytes.length}"`,
    ...Object.assign({}, ...rules),
    'content-security-policy': policies
      .map((policy) => `${policy}; report-uri /violations`)
      .join(', '),
    ...headers,
  };
  const range = ignoresRanges ? null : /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
  if (range) {
    const [from, to] = [Number(range[1]), range[2] ? Number(range[2]) + 1 : bytes.length];
    const part = bytes.subarray(from, to);
    response.writeHead(206, {
      ...common,
      'content-range': `bytes ${from}-${from + part.length - 1}/${bytes.length}`,
      'content-length': part.length,
    });
    response.end(part);
  } else if (compresses) {
    response.writeHead(200, { ...common, 'content-encoding': 'gzip', vary: 'accept-encoding' });
    response.end(gzipSync(bytes, { level: 1 }));
  } else {
    const accepts = ignoresRanges ? {} : { 'accept-ranges': 'bytes' };
    response.writeHead(200, { ...common, ...accepts, 'content-length': bytes.length });
    response.end(bytes);
  }
}

async function report(request: IncomingMessage, response: ServerResponse, violations: string[]) {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  violations.push(text);
  response.writeHead(204).end();
}
