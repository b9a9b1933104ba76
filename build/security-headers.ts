// What the page may do, shipped with it: a Content-Security-Policy in the built pages themselves, in
// the headers of the development and preview servers, and in `_headers` for static hosts that read it; and that it
// is isolated from other origins, which lets its threads share memory.
import { createHash } from 'node:crypto';
import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import type { Plugin } from 'vite';
import { ISOLATION } from '../src/tensor/wasm/isolation.ts';

/** Plot puts one style element into each chart; its text, and no other, is let through. */
function plotStyle(): string {
  const { document } = parseHTML('<html></html>');
  const style = Plot.plot({ document, marks: [] }).querySelector('style')?.textContent ?? '';
  return `'sha256-${createHash('sha256').update(style).digest('base64')}'`;
}

const POLICY: Readonly<Record<string, readonly string[]>> = {
  'default-src': ["'none'"],
  // WebAssembly needs leave to be compiled; `eval` and inline scripts have none.
  'script-src': ["'self'", "'wasm-unsafe-eval'"],
  'worker-src': ["'self'"],
  'style-src': ["'self'", plotStyle()],
  'img-src': ["'self'"],
  'manifest-src': ["'self'"],
  // Models come from the hub or from any address that a person gives: in a classroom that may be a
  // neighbour's computer, over plain http.
  'connect-src': ["'self'", 'https:', 'http:'],
  'base-uri': ["'none'"],
  'form-action': ["'none'"],
};

const written = (policy: Readonly<Record<string, readonly string[]>>) =>
  Object.entries(policy)
    .map(([name, sources]) => [name, ...sources].join(' '))
    .join('; ');

/** For a meta element. What only a header can say is left to the headers. */
export const CONTENT_SECURITY_POLICY = written(POLICY);

const FRAMES = { 'frame-ancestors': ["'self'"] };
const { 'cross-origin-opener-policy': opener, ...embedder } = ISOLATION;
const OTHERS = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  ...embedder,
};
const UNFRAMED_ONLY = { 'cross-origin-opener-policy': opener };

/** Of all pages but the one for other sites' frames. */
export const SECURITY_HEADERS = {
  'content-security-policy': written({ ...POLICY, ...FRAMES }),
  ...OTHERS,
  ...UNFRAMED_ONLY,
};

/** The pages that no other site may show in a frame, as hosts name them. `embed.html` is not among them. */
const UNFRAMED = ['/', '/index', '/index.html', '/headless', '/headless.html'];

/** Headers by path. A host sends all that match; of two policies a browser keeps both. */
export const HEADERS_BY_PATH: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '/*': { 'content-security-policy': CONTENT_SECURITY_POLICY, ...OTHERS },
  ...Object.fromEntries(
    UNFRAMED.map((path) => [
      path,
      { 'content-security-policy': written(FRAMES), ...UNFRAMED_ONLY },
    ]),
  ),
};

/** The development server puts styles into the page and talks to it over a socket. */
const WHILE_DEVELOPING = {
  ...SECURITY_HEADERS,
  'content-security-policy': written({
    ...POLICY,
    'style-src': ["'self'", "'unsafe-inline'"],
    'connect-src': [...POLICY['connect-src']!, 'ws:'],
  }),
};

export function securityHeaders(): Plugin {
  return {
    name: 'security-headers',
    config: () => ({
      server: { headers: WHILE_DEVELOPING },
      preview: { headers: SECURITY_HEADERS },
    }),
    transformIndexHtml: {
      order: 'pre',
      handler: (_, { server }) =>
        server
          ? []
          : [
              {
                tag: 'meta',
                attrs: {
                  'http-equiv': 'content-security-policy',
                  content: CONTENT_SECURITY_POLICY,
                },
                injectTo: 'head-prepend',
              },
            ],
    },
    generateBundle() {
      const rules = Object.entries(HEADERS_BY_PATH).map(([path, headers]) =>
        [path, ...Object.entries(headers).map(([name, value]) => `  ${name}: ${value}`)].join('\n'),
      );
      this.emitFile({ type: 'asset', fileName: '_headers', source: `${rules.join('\n')}\n` });
    },
  };
}
