// Looks after the process that many files of tests share: what one of them leaves behind would be met by the next.
import { afterAll, expect, vi } from 'vitest';

afterAll(() => {
  vi.useRealTimers();
  expect(
    globalThis,
    'a test that loads tfjs has a process of its own: name it in ENGINES',
  ).not.toHaveProperty('_tfengine');
});
