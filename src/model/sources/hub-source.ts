// A model on the Hugging Face hub, or on a mirror of it: one commit, its files, its licence.
import type { FileHash } from './file-hash.ts';
import { authorization, endpointOf, type HubAccess } from './hub-access.ts';
import type { RemoteFile, RemoteSource, Transfer } from './remote-source.ts';
import { request } from './request.ts';
import { SourceError } from './source-error.ts';

export interface HubSource extends RemoteSource {
  /** As the model's card names it, e.g. `apache-2.0`; absent where it names none. */
  readonly licence?: string;
  readonly gated: boolean;
}

/** What the hub promises of a file. */
export interface HubFile {
  readonly size: number;
  readonly hash?: FileHash;
}

/**
 * Asks the hub which commit a revision is, and what it holds.
 * @param access asked again for every file, so that a token may be given or forgotten in between
 * @throws SourceError; the signal's reason
 */
export async function hubSource(
  repo: string,
  requested: string,
  access: () => HubAccess,
  { network, signal }: Transfer,
): Promise<HubSource> {
  // The client is not needed before somebody names a model of the hub.
  const { listFiles, modelInfo } = await import('@huggingface/hub');
  const endpoint = endpointOf(access());
  const common = {
    hubUrl: endpoint,
    // The client is not told the token: it would hand it to whatever address an answer names.
    fetch: (input: RequestInfo | URL, init?: RequestInit) => {
      const url = String(input instanceof Request ? input.url : input);
      const headers = Object.fromEntries(new Headers(init?.headers));
      return request(
        {
          url,
          what: `${repo}@${requested}`,
          page: `${endpoint}/${repo}`,
          headers: { ...headers, ...authorization(url, access()) },
        },
        network,
        signal,
      );
    },
  };
  const info = await modelInfo({
    ...common,
    name: repo,
    revision: requested,
    additionalFields: ['sha', 'cardData', 'tags'],
  });
  const commit: unknown = info.sha;
  if (typeof commit !== 'string' || !/^[0-9a-f]{7,64}$/.test(commit)) {
    throw new SourceError(
      'server',
      `${endpoint} does not say which commit ${repo}@${requested} is.`,
      'Check the address of the mirror, or use the hub itself.',
    );
  }
  const files = new Map<string, HubFile>();
  const repository = { type: 'model', name: repo } as const;
  for await (const entry of listFiles({ ...common, repo: repository, revision: commit })) {
    if (entry.type === 'file') files.set(entry.path, promised(entry));
  }
  const licence = licenceOf(info.cardData, info.tags);
  return {
    ...commitSource({ repo, requested, commit, files }, access),
    ...(licence !== undefined && { licence }),
    gated: Boolean(info.gated),
  };
}

/** A commit whose files are known already. */
export function commitSource(
  commit: {
    readonly repo: string;
    readonly requested: string;
    readonly commit: string;
    readonly files: ReadonlyMap<string, HubFile>;
  },
  access: () => HubAccess,
): RemoteSource {
  const { repo, requested, files } = commit;
  return {
    id: `hf:${repo}`,
    requested,
    revision: commit.commit,
    names: [...files.keys()],
    find(name): RemoteFile | undefined {
      const file = files.get(name);
      const endpoint = endpointOf(access());
      const path = name.split('/').map(encodeURIComponent).join('/');
      const url = `${endpoint}/${repo}/resolve/${commit.commit}/${path}`;
      return (
        file && {
          name,
          url,
          what: `${name} of ${repo}`,
          page: `${endpoint}/${repo}`,
          headers: () => authorization(url, access()),
          certain: true,
          ...file,
        }
      );
    },
  };
}

/** Large files have a SHA-256, the others the id that git gave them. */
function promised(entry: { size: number; oid?: string; lfs?: { oid: string } }): HubFile {
  const { size, oid, lfs } = entry;
  const sha256 = lfs && /^(?:sha256:)?([0-9a-f]{64})$/.exec(lfs.oid)?.[1];
  if (sha256) return { size, hash: { algorithm: 'sha256', hex: sha256 } };
  if (!lfs && oid && /^[0-9a-f]{40}$/.test(oid)) {
    return { size, hash: { algorithm: 'git', hex: oid } };
  }
  return { size };
}

function licenceOf(card: unknown, tags: unknown): string | undefined {
  const fields = (typeof card === 'object' && card !== null ? card : {}) as Record<string, unknown>;
  const { license, license_name: name } = fields;
  if (license === 'other' && typeof name === 'string') return name;
  if (typeof license === 'string') return license;
  if (Array.isArray(license)) return license.join(', ');
  const tag = (Array.isArray(tags) ? tags : []).find(
    (text): text is string => typeof text === 'string' && text.startsWith('license:'),
  );
  return tag?.slice('license:'.length);
}
