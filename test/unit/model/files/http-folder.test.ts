import { describe, expect, it } from 'vitest';
import { InputError } from '../../../../src/core/errors.ts';
import { httpFolder } from '../../../../src/model/http-folder.ts';

function parts(...sizes: number[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      sizes.forEach((size, i) => controller.enqueue(new Uint8Array(size).fill(i + 1)));
      controller.close();
    },
  });
}

const answering = (respond: (url: string) => Response) =>
  ((url: string) => Promise.resolve(respond(url))) as typeof fetch;

describe('a folder behind a URL', () => {
  it('joins names to its address and the parts of a body', async () => {
    const asked: string[] = [];
    const respond = (url: string) => {
      asked.push(url);
      return new Response(parts(2, 3));
    };
    for (const base of ['https://x.org/m', 'https://x.org/m/']) {
      const bytes = await httpFolder(base, answering(respond))('config.json');
      expect([...bytes!]).toEqual([1, 1, 2, 2, 2]);
    }
    expect(asked).toEqual(Array(2).fill('https://x.org/m/config.json'));
  });

  it.each([
    [{ 'content-length': '5' }, 5],
    [{}, undefined],
    [{ 'content-length': '4', 'content-encoding': 'gzip' }, undefined],
  ])('reports progress with headers %o', async (headers, total) => {
    const seen: unknown[] = [];
    const respond = () => new Response(parts(2, 3), { headers: headers as HeadersInit });
    await httpFolder('x', answering(respond), (...report) => seen.push(report))('a');
    expect(seen).toEqual([
      ['a', 2, total],
      ['a', 5, total],
    ]);
  });

  it.each([
    ['not found', new Response('', { status: 404 })],
    ['gone', new Response('', { status: 410 })],
    ['a page', new Response('<html>', { headers: { 'content-type': 'text/html; charset=utf-8' } })],
  ])('has no file where the answer is %s', async (_, response) => {
    expect(
      await httpFolder(
        'x',
        answering(() => response),
      )('a'),
    ).toBeUndefined();
  });

  it('gives an empty file for an empty body', async () => {
    expect(
      await httpFolder(
        'x',
        answering(() => new Response(null)),
      )('a'),
    ).toEqual(new Uint8Array());
  });

  it('says what failed', async () => {
    const broken = httpFolder(
      'x',
      answering(() => new Response('', { status: 503 })),
    );
    await expect(broken('a')).rejects.toThrow(/^x\/a: the server answered 503/);
    const offline = httpFolder('x', () => Promise.reject(new TypeError('fetch failed')));
    await expect(offline('a')).rejects.toThrow(InputError);
    await expect(offline('a')).rejects.toThrow(/x\/a cannot be read \(fetch failed\)/);
    const cut = new ReadableStream({
      start: (controller) => controller.error(new Error('cut off')),
    });
    await expect(
      httpFolder(
        'x',
        answering(() => new Response(cut)),
      )('a'),
    ).rejects.toThrow(/cut off/);
  });

  it('lets an abort through', async () => {
    const abort = new DOMException('stopped', 'AbortError');
    await expect(httpFolder('x', () => Promise.reject(abort))('a')).rejects.toBe(abort);
  });
});
