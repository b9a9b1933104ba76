// What the service worker answers with when a part of a kept file is asked for.
import { expect, test } from 'vitest';
import { partOfFile } from '../../../workers/part-of-file.ts';

const kept = () => new Response('0123456789', { headers: { 'content-type': 'text/plain' } });
const answer = async (range: string | null, file = kept()) => {
  const part = await partOfFile(file, range);
  return [part.status, part.headers.get('content-range'), await part.text()];
};

test.each([
  ['bytes=2-4', 'bytes 2-4/10', '234'],
  ['bytes=7-', 'bytes 7-9/10', '789'],
  ['bytes=9-100', 'bytes 9-9/10', '9'],
])('%s is that part', async (range, said, text) => {
  expect(await answer(range)).toEqual([206, said, text]);
});

test.each(['bytes=10-', 'bytes=12-20'])('%s is beyond the end', async (range) => {
  expect(await answer(range)).toEqual([416, 'bytes */10', '']);
});

test('of an empty file there is no part', async () => {
  expect(await answer('bytes=0-', new Response(''))).toEqual([416, 'bytes */0', '']);
});

test.each([null, 'bytes=4-2', 'bytes=0-1,4-5', 'lines=1-2'])('%s is the whole', async (range) => {
  expect(await answer(range)).toEqual([200, null, '0123456789']);
});
