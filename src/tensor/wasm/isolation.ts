// The headers by which a host isolates the page from other origins, so that its threads may share memory.

export const ISOLATION = {
  'cross-origin-opener-policy': 'same-origin',
  /** Of pages and of workers' scripts. What the lab fetches from elsewhere it asks for by CORS. */
  'cross-origin-embedder-policy': 'require-corp',
} as const;
