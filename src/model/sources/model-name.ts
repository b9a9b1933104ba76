// The name of a model in an experiment: one string that says which source has it.
import { InputError } from '../../core/errors.ts';

export type ModelName =
  | { readonly source: 'builtin' }
  | {
      readonly source: 'hub';
      readonly repo: string;
      readonly revision: string;
      /** The GGUF file that is meant. */
      readonly file?: string;
    }
  /** `url` is a folder and ends in a slash. */
  | { readonly source: 'address'; readonly url: string; readonly file?: string }
  | { readonly source: 'local'; readonly name: string };

const DEFAULT_REVISION = 'main';

/** The hub's rule: letters, digits, `_`, `.` and `-`, not at the ends, none of the last two twice. */
const part = String.raw`(?!-|\.)(?!.*(?:--|\.\.))[\w.-]{1,96}(?<!-|\.)`;
const REPO = new RegExp(`^(?:(${part})/)?(${part})$`);
const REVISION = /^(?!\/)(?!.*(?:\.\.|\/\/))[\w./-]{1,200}(?<!\/)$/;
/** A repository's page, as people copy it from the address bar. */
const HUB_PAGE =
  /^https?:\/\/(?:www\.)?(?:huggingface\.co|hf\.co)\/([^/]+\/[^/]+)(?:\/tree\/(.+))?$/;
/** Of a file of one, to look at or to download. */
const HUB_FILE =
  /^https?:\/\/(?:www\.)?(?:huggingface\.co|hf\.co)\/([^/]+\/[^/]+)\/(?:blob|resolve)\/([^/]+)\/([^?#]+\.gguf)(?:[?#].*)?$/i;

/**
 * Reads `builtin`, `hf:owner/name`, `owner/name`, either with `/FILE.gguf` and `@revision` behind, if wished,
 * the web address of a folder or a GGUF file, the address of a page on the hub, or `local:NAME`.
 * @throws InputError for anything else
 */
export function modelNameFrom(text: string): ModelName {
  const name = text.trim();
  if (name === 'builtin') return { source: 'builtin' };
  if (name.startsWith('local:')) return localFrom(name.slice('local:'.length), name);
  const page = HUB_PAGE.exec(name.replace(/\/$/, ''));
  if (page) return hubFrom(`${page[1]}${page[2] ? `@${page[2]}` : ''}`, name);
  const [, repo, revision, file] = HUB_FILE.exec(name) ?? [];
  if (file !== undefined) return hubFrom(`${repo}/${decoded(file, name)}@${revision}`, name);
  if (/^https?:/i.test(name)) return addressFrom(name);
  if (name.startsWith('hf:')) return hubFrom(name.slice('hf:'.length), name);
  if (/^[^/:]+\/[^/]+/.test(name)) return hubFrom(name, name);
  throw refused(name, 'is not the name of a model');
}

/** The name as experiments and the cache write it. */
export function modelNameText(name: ModelName): string {
  switch (name.source) {
    case 'builtin':
      return 'builtin';
    case 'hub':
      return `${hubId(name)}${name.revision === DEFAULT_REVISION ? '' : `@${name.revision}`}`;
    case 'address':
      return name.url + (name.file ?? '');
    case 'local':
      return `local:${name.name}`;
  }
}

/** A model of the hub without its revision, as the cache knows it. */
export const hubId = ({ repo, file }: { readonly repo: string; readonly file?: string }): string =>
  `hf:${repo}${file === undefined ? '' : `/${file}`}`;

/** Of an address. */
function decoded(path: string, name: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw refused(name, 'has a % that stands for nothing');
  }
}

function hubFrom(text: string, name: string): ModelName {
  const at = text.indexOf('@');
  const path = at < 0 ? text : text.slice(0, at);
  const [, repo = path, file] = /^([^/]+\/[^/]+)\/(.+\.gguf)$/i.exec(path) ?? [];
  const revision = at < 0 ? DEFAULT_REVISION : text.slice(at + 1);
  if (!REPO.test(repo)) throw refused(name, `${JSON.stringify(repo)} is no repository's name`);
  if (!REVISION.test(revision)) {
    throw refused(name, `${JSON.stringify(revision)} is no branch, tag or commit`);
  }
  if (file?.split('/').some((each) => each === '' || each === '.' || each === '..')) {
    throw refused(name, `${JSON.stringify(file)} is no path of a file`);
  }
  return { source: 'hub', repo, revision, ...(file !== undefined && { file }) };
}

function addressFrom(name: string): ModelName {
  const url = URL.canParse(name) ? new URL(name) : undefined;
  if (!url) throw refused(name, 'is not a web address');
  if (url.search || url.hash) {
    throw refused(name, 'has a ? or # part, so files cannot be added to it');
  }
  if (url.username || url.password) throw refused(name, 'has a password in it');
  const [, folder, file] = /^(.+\/)([^/]+\.gguf)$/i.exec(url.href) ?? [];
  if (folder !== undefined) return { source: 'address', url: folder, file: decoded(file!, name) };
  return { source: 'address', url: url.href.endsWith('/') ? url.href : `${url.href}/` };
}

function localFrom(folder: string, name: string): ModelName {
  if (folder.trim() === '') throw refused(name, 'lacks the name of the folder');
  return { source: 'local', name: folder };
}

function refused(name: string, problem: string): InputError {
  return new InputError(
    `model is ${JSON.stringify(name)}: ${problem}`,
    'Give builtin, owner/name of a model on the hub (with /FILE.gguf and @revision, if wished), the web address (https://…) of a folder in Hugging Face layout or of a .gguf file, or open a folder of this computer.',
    'model',
  );
}
