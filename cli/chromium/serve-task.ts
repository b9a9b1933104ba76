// Serves one headless run on this computer: the built page, the job, the model; hears its events.
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, resolve, sep } from 'node:path';
import { InputError } from '../../src/core/errors.ts';
import type { JobFolders } from '../../src/lab/jobs/adapted-model.ts';
import type { HeadlessTask } from '../../src/lab/jobs/headless-task.ts';
import type { ModelFiles } from '../../src/model/files/model-files.ts';
import { LabFailure, type LabError } from '../../src/lab/lab-error.ts';
import { fromBytes, toBytes } from '../../src/lab/wire.ts';

export interface HeadlessServer {
  /** Address of the page. */
  readonly page: string;
  /** Settles when the job has ended; rejects with its error, or that of `onEvent`. */
  readonly ended: Promise<void>;
  close(): void;
}

/** @param dist folder of the built page */
export async function serveTask(
  dist: string,
  task: HeadlessTask,
  folders: JobFolders,
  onEvent: (event: unknown) => void | Promise<void>,
): Promise<HeadlessServer> {
  let [end, fail]: [() => void, (error: unknown) => void] = [() => {}, () => {}];
  const ended = new Promise<void>((resolve, reject) => ([end, fail] = [resolve, reject]));
  ended.catch(() => {}); // whoever awaits it may come later

  const post = async (path: string, body: Uint8Array) => {
    if (path === 'event') await onEvent(fromBytes(body));
    else if (path === 'done') end();
    else if (path === 'failed') fail(errorFrom(body));
  };
  const get = async (path: string, range?: string): Promise<Uint8Array | undefined> => {
    if (path === 'task') return toBytes(task);
    const [, listed] = /^names\/(model|adapter|embedder)$/.exec(path) ?? [];
    if (listed !== undefined) return namesOf(folders[listed as 'model' | 'adapter' | 'embedder']);
    const [, folder, name] = /^(model|adapter|embedder)\/(.+)$/.exec(path) ?? [];
    const files = folders[folder as 'model' | 'adapter' | 'embedder'];
    if (name !== undefined && files) return fileOf(files, decodeURIComponent(name), range);
    return pageFile(dist, path);
  };

  // Other pages in other browsers cannot guess the address.
  const base = `/${randomUUID()}/`;
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      fail(error);
      response.writeHead(500).end();
    });
  });
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    if (!pathname.startsWith(base)) return void response.writeHead(404).end();
    const path = pathname.slice(base.length);
    if (request.method === 'POST') {
      await post(path, await bodyOf(request));
      return void response.writeHead(204).end();
    }
    const content = await get(path, request.headers.range);
    if (content === undefined) return void response.writeHead(404).end();
    response.writeHead(200, { 'content-type': TYPES[extname(path)] ?? BYTES }).end(content);
  };
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    page: `http://127.0.0.1:${port}${base}headless.html`,
    ended,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

const BYTES = 'application/octet-stream';
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
};

/** Names and sizes, as far as the folder knows them. */
async function namesOf(files: ModelFiles | undefined): Promise<Uint8Array> {
  const names = (await files?.names?.()) ?? [];
  const sized = await Promise.all(names.map(async (name) => [name, await files?.size?.(name)]));
  return new TextEncoder().encode(JSON.stringify(sized));
}

/** @param range of a request, `bytes=FROM-LAST` */
async function fileOf(
  files: ModelFiles,
  name: string,
  range = '',
): Promise<Uint8Array | undefined> {
  if (name.split(/[\\/]/).includes('..')) return undefined;
  const [, from, last] = /^bytes=(\d+)-(\d+)$/.exec(range) ?? [];
  if (from === undefined || !files.range) return files(name);
  return files.range(name, Number(from), Number(last) + 1);
}

/** A file of the page; undefined outside its folder, and where there is none. */
async function pageFile(dist: string, path: string): Promise<Uint8Array | undefined> {
  const file = resolve(dist, path);
  if (!file.startsWith(dist + sep)) return undefined;
  return readFile(file).catch(() => undefined);
}

async function bodyOf(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** A worker's error as this process would have thrown it. */
function errorFrom(body: Uint8Array): Error {
  const error = JSON.parse(new TextDecoder().decode(body)) as LabError;
  const { kind, message, advice, field } = error;
  return kind === 'input' ? new InputError(message, advice, field) : new LabFailure(error);
}
