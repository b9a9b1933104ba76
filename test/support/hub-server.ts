// A small server that behaves like the Hugging Face hub and its CDN, mishaps on order included.
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface FakeRepo {
  readonly files: Readonly<Record<string, Uint8Array | string>>;
  /** Its files need a token; `accepted` are those whose owners accepted the licence. */
  readonly gated?: { readonly tokens: readonly string[]; readonly accepted: readonly string[] };
  readonly card?: Readonly<Record<string, unknown>>;
}

/** What goes wrong with the next request of a file. */
export type Mishap =
  /** The connection breaks after so many bytes of the body. */
  | { readonly kind: 'cut'; readonly after: number }
  | { readonly kind: 'status'; readonly status: number; readonly headers?: Record<string, string> }
  /** So many bytes come, then none for ever. */
  | { readonly kind: 'stall'; readonly after: number }
  /** The body is that of another file of the same length. */
  | { readonly kind: 'scrambled' }
  /** Ranges are ignored. */
  | { readonly kind: 'rangeless' };

export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly range: string | undefined;
  readonly authorization: string | undefined;
  readonly server: 'hub' | 'cdn';
  /** Bytes of the body that were handed to the connection. */
  sent: number;
}

/** Files of these name endings go through the CDN, with a SHA-256. */
const LARGE = /\.(safetensors|gguf)$/;
const sha = (algorithm: string, ...parts: (string | Uint8Array)[]) => {
  const hash = createHash(algorithm);
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
};
const bytesOf = (content: Uint8Array | string): Buffer =>
  typeof content === 'string'
    ? Buffer.from(content)
    : Buffer.from(content.buffer, content.byteOffset, content.length);

/** By what is hashed: checkpoints are large, and asked for often. */
const commits = new WeakMap<object, string>();
const digests = new WeakMap<object, string>();
function once(known: WeakMap<object, string>, of: object, hash: () => string): string {
  const value = known.get(of) ?? hash();
  known.set(of, value);
  return value;
}
const digest = (content: Uint8Array | string) =>
  typeof content === 'string'
    ? sha('sha256', content)
    : once(digests, content, () => sha('sha256', content));
const gitId = (bytes: Uint8Array) => sha('sha1', `blob ${bytes.length}\0`, bytes);

export class HubServer {
  readonly repos = new Map<string, FakeRepo>();
  /** Every request, in order. */
  readonly seen: Seen[] = [];
  readonly #mishaps = new Map<string, Mishap[]>();
  readonly #hub = createServer((...exchange) => this.#answer('hub', ...exchange));
  readonly #cdn = createServer((...exchange) => this.#answer('cdn', ...exchange));

  static async start(repos: Readonly<Record<string, FakeRepo>> = {}): Promise<HubServer> {
    const server = new HubServer();
    for (const [name, repo] of Object.entries(repos)) server.repos.set(name, repo);
    await Promise.all([server.#hub, server.#cdn].map(listening));
    return server;
  }

  async stop(): Promise<void> {
    for (const server of [this.#hub, this.#cdn]) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  }

  /** Address of the hub, without a slash at its end. */
  get endpoint(): string {
    return addressOf(this.#hub);
  }

  /** Address of a repository's files as a plain folder. */
  folder(repo: string): string {
    return `${this.endpoint}/plain/${repo}/`;
  }

  /** The commit that every revision of a repository is. */
  commit(repo: string): string {
    const { files } = this.repos.get(repo)!;
    return once(commits, files, () => sha('sha1', ...Object.entries(files).flat()));
  }

  /** Happens to the next requests of files whose path ends so, one after the other. */
  plan(ending: string, ...mishaps: Mishap[]): void {
    this.#mishaps.set(ending, [...(this.#mishaps.get(ending) ?? []), ...mishaps]);
  }

  /** Requests of the contents of a file, from wherever they come. */
  reads(ending: string): Seen[] {
    return this.seen.filter(({ path, method }) => method === 'GET' && path.endsWith(ending));
  }

  forget(): void {
    this.seen.length = 0;
    this.#mishaps.clear();
  }

  #answer(server: Seen['server'], request: IncomingMessage, response: ServerResponse): void {
    const { pathname } = new URL(request.url!, 'http://host');
    const path = decodeURIComponent(pathname);
    const { range, authorization } = request.headers;
    const seen: Seen = { method: request.method!, path, range, authorization, server, sent: 0 };
    this.seen.push(seen);
    response.setHeader('access-control-allow-origin', '*');
    if (server === 'cdn') return this.#cdnAnswer(seen, request, response);

    const exposed = 'etag, content-range, x-error-code, x-linked-size, x-linked-etag';
    response.setHeader('access-control-expose-headers', exposed);
    if (request.method === 'OPTIONS') {
      response.setHeader('access-control-allow-headers', 'authorization');
      return void response.writeHead(204).end();
    }
    const api = /^\/api\/models\/([^/]+\/[^/]+)\/(revision|tree)\/([^/]+)$/.exec(path);
    const file = /^\/([^/]+\/[^/]+)\/resolve\/([^/]+)\/(.+)$/.exec(path);
    const plain = /^\/plain\/([^/]+\/[^/]+)\/(.+)$/.exec(path);
    const name = (api ?? file ?? plain)?.[1] ?? '';
    const repo = this.repos.get(name);
    // The hub does not tell strangers whether a repository is private or not there at all.
    if (!repo) return plain ? refuse(response, 404) : refuse(response, 401, 'RepoNotFound');
    const revision = api?.[3] ?? file?.[2] ?? 'main';
    if (!['main', this.commit(name)].includes(revision)) {
      return refuse(response, 404, 'RevisionNotFound');
    }
    if (api) return this.#apiAnswer(seen, response, name, repo, api[2]!);

    const token = authorization?.replace('Bearer ', '') ?? '';
    if (repo.gated && !plain && !repo.gated.tokens.includes(token)) {
      return refuse(response, 401, 'GatedRepo');
    }
    if (repo.gated && !plain && !repo.gated.accepted.includes(token)) {
      return refuse(response, 403, 'GatedRepo');
    }
    const fileName = file?.[3] ?? plain![2]!;
    const content = repo.files[fileName];
    if (content === undefined) return refuse(response, 404, 'EntryNotFound');
    const bytes = bytesOf(content);
    if (file && LARGE.test(fileName)) {
      response.setHeader('x-linked-size', bytes.length);
      response.setHeader('x-linked-etag', `"${digest(content)}"`);
      response.setHeader('location', `${addressOf(this.#cdn)}/${name}/${fileName}`);
      return void response.writeHead(302).end();
    }
    this.#send(seen, request, response, content);
  }

  #apiAnswer(
    seen: Seen,
    response: ServerResponse,
    name: string,
    { files, card = {}, gated }: FakeRepo,
    kind: string,
  ): void {
    const mishap = this.#next(seen.path);
    if (mishap?.kind === 'status') return fail(response, mishap);
    const info = {
      ...{ _id: '0', id: name, sha: this.commit(name), cardData: card, tags: [], likes: 0 },
      ...{ private: false, gated: gated ? 'manual' : false, downloads: 0 },
      lastModified: '2026-01-01T00:00:00.000Z',
    };
    const tree = Object.entries(files).map(([path, content]) => {
      const bytes = bytesOf(content);
      const large = { oid: digest(content), size: bytes.length, pointerSize: 134 };
      return {
        ...{ type: 'file', path, size: bytes.length, oid: gitId(bytes) },
        ...(LARGE.test(path) && { lfs: large }),
      };
    });
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(kind === 'tree' ? tree : info));
  }

  /** It knows nothing of tokens, and answers no questions of browsers before the request itself. */
  #cdnAnswer(seen: Seen, request: IncomingMessage, response: ServerResponse): void {
    const [, owner, name, file] = seen.path.split('/');
    const content = this.repos.get(`${owner}/${name}`)?.files[file ?? ''];
    if (seen.method === 'OPTIONS' || content === undefined) return refuse(response, 403);
    this.#send(seen, request, response, content);
  }

  #send(
    seen: Seen,
    request: IncomingMessage,
    response: ServerResponse,
    content: Uint8Array | string,
  ): void {
    const bytes = bytesOf(content);
    const mishap = request.method === 'GET' ? this.#next(seen.path) : undefined;
    if (mishap?.kind === 'status') return fail(response, mishap);
    const etag = `"${digest(content).slice(0, 20)}"`;
    const sent = mishap?.kind === 'scrambled' ? Buffer.from(bytes.map((byte) => byte ^ 1)) : bytes;
    response.setHeader('etag', etag);
    const ifRange = request.headers['if-range'];
    const asked =
      mishap?.kind === 'rangeless' ? null : /^bytes=(\d+)-(\d*)$/.exec(seen.range ?? '');
    const range = ifRange === undefined || ifRange === etag ? asked : null;
    const from = Number(range?.[1] ?? 0);
    const to = range?.[2] ? Math.min(Number(range[2]) + 1, bytes.length) : bytes.length;
    if (range && from >= bytes.length) {
      response.setHeader('content-range', `bytes */${bytes.length}`);
      return void response.writeHead(416).end();
    }
    if (range) {
      response.setHeader('content-range', `bytes ${from}-${to - 1}/${bytes.length}`);
    }
    const body = sent.subarray(from, to);
    response.setHeader('content-length', body.length);
    response.writeHead(range ? 206 : 200);
    if (request.method === 'HEAD') return void response.end();
    if (mishap?.kind !== 'cut' && mishap?.kind !== 'stall') {
      seen.sent = body.length;
      return void response.end(body);
    }
    seen.sent = Math.min(mishap.after, body.length);
    response.write(body.subarray(0, seen.sent));
    // A client may throw away what it has not read before the break.
    if (mishap.kind === 'cut') setTimeout(() => response.socket?.end(), 50);
  }

  #next(path: string): Mishap | undefined {
    for (const [ending, mishaps] of this.#mishaps) {
      if (path.endsWith(ending) && mishaps.length > 0) return mishaps.shift();
    }
    return undefined;
  }
}

function refuse(response: ServerResponse, status: number, code?: string): void {
  if (code !== undefined) response.setHeader('x-error-code', code);
  response.writeHead(status).end();
}

function fail(
  response: ServerResponse,
  { status, headers = {} }: Extract<Mishap, { kind: 'status' }>,
): void {
  response.writeHead(status, headers).end();
}

function listening(server: Server): Promise<void> {
  return new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
}

function addressOf(server: Server): string {
  const { port } = server.address() as AddressInfo;
  return `http://127.0.0.1:${port}`;
}
