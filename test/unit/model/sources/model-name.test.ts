import { describe, expect, it } from 'vitest';
import { modelNameFrom, modelNameText } from '../../../../src/model/sources/model-name.ts';

describe('the name of a model', () => {
  it.each([
    ['builtin', { source: 'builtin' }],
    [' builtin ', { source: 'builtin' }],
    ['hf:Qwen/Qwen3-0.6B', { source: 'hub', repo: 'Qwen/Qwen3-0.6B', revision: 'main' }],
    ['Qwen/Qwen3-0.6B', { source: 'hub', repo: 'Qwen/Qwen3-0.6B', revision: 'main' }],
    ['a/b@v1.0', { source: 'hub', repo: 'a/b', revision: 'v1.0' }],
    ['hf:a/b@refs/pr/3', { source: 'hub', repo: 'a/b', revision: 'refs/pr/3' }],
    ['hf:gpt2', { source: 'hub', repo: 'gpt2', revision: 'main' }],
    ['https://huggingface.co/a/b', { source: 'hub', repo: 'a/b', revision: 'main' }],
    ['https://huggingface.co/a/b/', { source: 'hub', repo: 'a/b', revision: 'main' }],
    ['https://huggingface.co/a/b/tree/dev', { source: 'hub', repo: 'a/b', revision: 'dev' }],
    [
      'hf:a/b/c-Q4_K_M.gguf@v1',
      { source: 'hub', repo: 'a/b', revision: 'v1', file: 'c-Q4_K_M.gguf' },
    ],
    ['a/b/deep/c.gguf', { source: 'hub', repo: 'a/b', revision: 'main', file: 'deep/c.gguf' }],
    [
      'https://huggingface.co/a/b/blob/main/c%20d.gguf?download=true',
      { source: 'hub', repo: 'a/b', revision: 'main', file: 'c d.gguf' },
    ],
    ['https://x.org/m/c.gguf', { source: 'address', url: 'https://x.org/m/', file: 'c.gguf' }],
    ['https://x.org/models/m', { source: 'address', url: 'https://x.org/models/m/' }],
    ['HTTP://localhost:8000/', { source: 'address', url: 'http://localhost:8000/' }],
    [
      'https://huggingface.co/a/b/resolve/main/',
      { source: 'address', url: 'https://huggingface.co/a/b/resolve/main/' },
    ],
    ['local:my model', { source: 'local', name: 'my model' }],
  ])('%s is read', (text, name) => {
    expect(modelNameFrom(text)).toEqual(name);
  });

  it.each([
    ['', 'is not the name'],
    ['gpt2', 'is not the name'],
    ['/home/me/model', 'is not the name'],
    ['C:\\model', 'is not the name'],
    ['a/b/c', '"a/b/c" is no repository'],
    ['hf:', '"" is no repository'],
    ['hf:-a/b', 'no repository'],
    ['a/b--c', 'no repository'],
    ['a/b..c', 'no repository'],
    ['a/b.', 'no repository'],
    ['a/b c', 'no repository'],
    [`a/${'b'.repeat(97)}`, 'no repository'],
    ['a/b@', '"" is no branch'],
    ['a/b/../c.gguf', '"../c.gguf" is no path'],
    ['a/b@x..y', 'no branch'],
    ['a/b@a b', 'no branch'],
    ['a/b@/main', 'no branch'],
    ['http://', 'is not a web address'],
    ['https://x.org/m?token=1', 'has a ? or # part'],
    ['https://me:secret@x.org/m', 'has a password'],
    ['ftp://x.org/m', 'is not the name'],
    ['local:', 'lacks the name'],
    ['local:  ', 'lacks the name'],
  ])('%j is refused', (text, problem) => {
    expect(() => modelNameFrom(text)).toThrow(
      expect.objectContaining({
        name: 'InputError',
        field: 'model',
        message: expect.stringContaining(problem),
      }),
    );
  });

  it.each([
    'builtin',
    'hf:a/b',
    'hf:a/b@v1',
    'hf:a/b/c.gguf@v1',
    'https://x.org/m/',
    'https://x.org/c.gguf',
    'local:m',
  ])('%s is written as it was read', (text) => {
    expect(modelNameText(modelNameFrom(text))).toBe(text);
  });
});
