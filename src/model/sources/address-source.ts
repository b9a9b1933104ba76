// A model folder at a web address.
import type { RemoteSource } from './remote-source.ts';

/** @param url of the folder, with or without a slash at its end */
export function addressSource(url: string): RemoteSource {
  const folder = url.endsWith('/') ? url : `${url}/`;
  return {
    id: folder,
    requested: '',
    revision: '',
    find: (name) => ({
      name,
      url: folder + name.split('/').map(encodeURIComponent).join('/'),
      what: `${name} at ${folder}`,
      headers: () => ({}),
      certain: false,
    }),
  };
}
