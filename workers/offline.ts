// The service worker: after one visit the page, its workers and the built-in model open offline.
import { partOfFile } from './part-of-file.ts';

interface Files {
  /** Fingerprint of all files: another build has another. */
  readonly version: string;
  /** From this script's folder. */
  readonly paths: readonly string[];
}

// The build puts the list in place of this text.
const { version, paths } = JSON.parse('__FILES__') as Files;
const scope = self as unknown as ServiceWorkerGlobalScope;
const PREFIX = 'calibration-lab-page:';
const NAME = PREFIX + version;
const HOME = new URL('./', scope.location.href).href;

scope.addEventListener('install', (event) => event.waitUntil(install()));
scope.addEventListener('activate', (event) => event.waitUntil(activate()));
scope.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET' || !request.url.startsWith(HOME)) return;
  event.respondWith(answer(request));
});

/** It rules from the next visit on, when no page of another build is open that needs what was kept then. */
async function install(): Promise<void> {
  const cache = await caches.open(NAME);
  await cache.addAll(paths.map((path) => new Request(HOME + path, { cache: 'no-cache' })));
}

async function activate(): Promise<void> {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith(PREFIX) && name !== NAME);
  await Promise.all(old.map((name) => caches.delete(name)));
}

/** The host's answer, which is the newest; without a connection, what was kept of this build. */
async function answer(request: Request): Promise<Response> {
  const cache = await caches.open(NAME);
  const path = request.url.split(/[?#]/)[0]!;
  // A folder's page has no name of its own.
  const page = request.mode === 'navigate' ? await cache.match(`${HOME}index.html`) : undefined;
  // Built scripts have their fingerprint in their name: what is kept is what would come.
  const kept = (await cache.match(path)) ?? page;
  if (kept && path.startsWith(`${HOME}assets/`)) return kept;
  try {
    return await fetch(request);
  } catch {
    // All that the host has is kept: what is not would not be found there either.
    if (!kept) return new Response(null, { status: 404 });
    return partOfFile(kept, request.headers.get('range'));
  }
}
