// One HTTP request that is patient with a busy server and says clearly why it failed.
import { backoffMs, type Network } from './network.ts';
import { SourceError } from './source-error.ts';

export interface AskedFile {
  readonly url: string;
  /** For messages, e.g. `config.json of owner/name`. */
  readonly what: string;
  /** Where a person may ask for access. */
  readonly page?: string;
  readonly method?: 'GET' | 'HEAD';
  readonly headers?: Readonly<Record<string, string>>;
  readonly cache?: RequestCache;
  /** Statuses beside the successful ones that the caller understands. */
  readonly accept?: readonly number[];
}

/** A server that asks for more patience than this gets none. */
const LONGEST_WAIT_MS = 120_000;
const PASSING = [408, 425, 429, 500, 502, 503, 504];

/**
 * Tries again after answers that pass (429, 5xx) and broken connections, `network.attempts` times in
 * all; a Retry-After is obeyed.
 * @throws SourceError; the signal's reason once it aborts.
 */
export async function request(
  asked: AskedFile,
  network: Network,
  signal?: AbortSignal,
): Promise<Response> {
  for (let tries = 1; ; tries++) {
    const answer = await answerTo(asked, network, signal);
    if (answer instanceof Response) {
      if (answer.ok || asked.accept?.includes(answer.status)) return answer;
      await answer.body?.cancel();
    }
    const last = tries >= network.attempts || isOffline();
    if (answer instanceof Response && !PASSING.includes(answer.status))
      throw refusal(answer, asked);
    const asksFor = answer instanceof Response ? retryAfterMs(answer) : undefined;
    if (last || (asksFor ?? 0) > LONGEST_WAIT_MS) {
      throw answer instanceof Response ? refusal(answer, asked) : unreachable(asked.what, answer);
    }
    await network.wait(asksFor ?? backoffMs(tries), signal);
  }
}

/** The response, or what broke the connection. */
async function answerTo(
  asked: AskedFile,
  network: Network,
  signal: AbortSignal | undefined,
): Promise<Response | Error> {
  signal?.throwIfAborted();
  const { url, method = 'GET', headers = {}, cache = 'default' } = asked;
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(new Error('no answer')), network.silenceMs);
  try {
    return await network.fetch(url, {
      method,
      headers,
      cache,
      signal: signal ? AbortSignal.any([signal, silence.signal]) : silence.signal,
    });
  } catch (thrown) {
    signal?.throwIfAborted();
    return thrown instanceof Error ? thrown : new Error(String(thrown));
  } finally {
    clearTimeout(timer);
  }
}

/** Retry-After in either of its spellings: seconds, or a date. */
function retryAfterMs(response: Response): number | undefined {
  const text = response.headers.get('retry-after');
  if (text === null) return undefined;
  const ms = /^\d+$/.test(text.trim()) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

function refusal(response: Response, { what, page, headers }: AskedFile): SourceError {
  const { status } = response;
  // The hub's own word for what is wrong; it hides missing repositories behind a 401.
  const code = response.headers.get('x-error-code');
  const answered = `the server answered ${status} ${code ?? response.statusText}`.trimEnd();
  if (status === 404 || status === 410 || code === 'RepoNotFound') {
    return new SourceError(
      'missing',
      `${what} was not found (${answered}).`,
      code === 'RepoNotFound'
        ? 'Check owner and name of the model; a private one needs an access token.'
        : 'Check the name or address, and the revision.',
    );
  }
  if (status === 401 || status === 403) {
    const withToken = Object.keys(headers ?? {}).some((name) => /^authorization$/i.test(name));
    const accept =
      page === undefined ? 'Ask its owner for access' : `Accept the licence at ${page}`;
    return new SourceError(
      'gated',
      `${what} may not be read ${withToken ? 'with this access token' : 'without an access token'} (${answered}).`,
      withToken
        ? `${accept} with the account of the token, and check that the token may read gated models.`
        : `${accept}, then give an access token; it is kept in memory only.`,
    );
  }
  if (status === 429) {
    const ms = retryAfterMs(response);
    return new SourceError(
      'busy',
      `${what}: the server has had too many requests (${answered}).`,
      `Try again ${ms === undefined ? 'in some minutes' : `in ${Math.ceil(ms / 1000)} seconds`}; what has come so far is kept. An access token raises the limit.`,
    );
  }
  return new SourceError(
    'server',
    `${what}: ${answered}.`,
    'Check the address, or try again later; what has come so far is kept.',
  );
}

/** Known beyond doubt: then there is nothing to wait for. */
const isOffline = () => typeof navigator !== 'undefined' && navigator.onLine === false;

/** @param cause what the browser said, which is little */
export function unreachable(what: string, cause: Error): SourceError {
  return new SourceError(
    'offline',
    `${what} cannot be read: ${isOffline() ? 'this computer is offline' : cause.message || cause.name}.`,
    'Check the connection and the address (a server must allow cross-origin requests), then try again; what has come so far is kept.',
  );
}
