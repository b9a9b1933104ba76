import { describe, expect, it } from 'vitest';
import { droppedFolder, pickedFolder } from '../../../../src/lab/models/local-files.ts';
import { localFolder } from '../../../../src/model/sources/local-folder.ts';

const file = (path: string, content = path) => ({ path, file: new Blob([content]) });
const text = (bytes: Uint8Array | undefined) => bytes && new TextDecoder().decode(bytes);

describe('a folder of this computer', () => {
  it('is the one nearest to the top that has a configuration', async () => {
    const files = localFolder('downloads', [
      file('downloads/old/deep/config.json'),
      file('downloads/readme.txt'),
      file('downloads/model/config.json', '{"a":1}'),
      file('downloads/model/model.safetensors', '0123456789'),
      file('downloads/model/adapter/adapter_config.json'),
    ]);
    expect(text(await files('config.json'))).toBe('{"a":1}');
    expect(await files('readme.txt')).toBeUndefined();
    expect(text(await files('adapter/adapter_config.json'))).toContain('adapter_config');
    expect(await files.size('model.safetensors')).toBe(10);
    expect(await files.size('nothing')).toBeUndefined();
    expect(text(await files.range('model.safetensors', 3, 6))).toBe('345');
    await expect(files.range('model.safetensors', 3, 11)).rejects.toThrow(/ends before byte 11/);
    await expect(files.range('nothing', 0, 1)).rejects.toMatchObject({ name: 'InputError' });
  });

  it('may be chosen itself', async () => {
    const files = localFolder('m', [file('config.json', 'x'), file('sub/config.json', 'y')]);
    expect(text(await files('config.json'))).toBe('x');
  });

  it('without a configuration is refused', () => {
    expect(() =>
      localFolder('photos', [file('photos/a.jpg'), file('photos/xconfig.json')]),
    ).toThrow(/photos has no config.json among its 2 files/);
    expect(() => localFolder('notes.md', [file('notes.md')])).toThrow(
      /notes.md is a single file, without config.json beside it/,
    );
  });

  it('that changed since is explained', async () => {
    const gone = new Blob(['x']);
    gone.arrayBuffer = () => Promise.reject(new DOMException('gone', 'NotReadableError'));
    const files = localFolder('m', [{ path: 'config.json', file: gone }]);
    await expect(files('config.json')).rejects.toMatchObject({
      message: expect.stringContaining('config.json in m cannot be read'),
      advice: expect.stringContaining('Open the folder again'),
    });
  });
});

/** Enough of what browsers hand over when something is dropped. */
type Tree = { readonly [name: string]: string | Tree };
function entry(name: string, content: string | Tree, parent = ''): FileSystemEntry {
  const fullPath = `${parent}/${name}`;
  const common = { name, fullPath };
  if (typeof content === 'string') {
    const read = (give: (file: File) => void) => give(new File([content], name));
    return { ...common, isFile: true, isDirectory: false, file: read } as never;
  }
  const children = Object.entries(content).map(([child, of]) => entry(child, of, fullPath));
  const createReader = () => {
    const left = [...children];
    // Browsers hand out the entries in parts.
    return { readEntries: (give: (part: FileSystemEntry[]) => void) => give(left.splice(0, 2)) };
  };
  return { ...common, isFile: false, isDirectory: true, createReader } as never;
}
const item = (name: string, content: string | Tree) =>
  ({ webkitGetAsEntry: () => entry(name, content) }) as unknown as DataTransferItem;

describe('what is dropped or picked', () => {
  it('is read through all folders but hidden ones', async () => {
    const tree = {
      'config.json': '{}',
      a: { b: { 'x.txt': 'x' }, 'y.txt': 'y' },
      '.git': { z: 'z' },
    };
    const { name, files } = await droppedFolder([item('model', { ...tree, last: 'l' })]);
    expect(name).toBe('model');
    expect(files.map(({ path }) => path).sort()).toEqual([
      'model/a/b/x.txt',
      'model/a/y.txt',
      'model/config.json',
      'model/last',
    ]);
    expect(await files.find(({ path }) => path.endsWith('x.txt'))!.file.text()).toBe('x');
  });

  it('may be loose files', async () => {
    const { name, files } = await droppedFolder([item('config.json', '{}'), item('b', 'b')]);
    expect(name).toBe('folder');
    expect(files.map(({ path }) => path)).toEqual(['config.json', 'b']);
  });

  it('is not a whole disk', async () => {
    const many = Object.fromEntries(Array.from({ length: 2001 }, (_, i) => [`f${i}`, '']));
    await expect(droppedFolder([item('disk', many)])).rejects.toThrow(/More than 2000 files/);
  });

  it('comes from a picker with its paths', () => {
    const picked = new File(['{}'], 'config.json');
    Object.defineProperty(picked, 'webkitRelativePath', { value: 'model/config.json' });
    expect(pickedFolder([picked])).toMatchObject({
      name: 'model',
      files: [{ path: 'model/config.json', file: picked }],
    });
    expect(() => pickedFolder([])).toThrow(/no files/);
  });
});
