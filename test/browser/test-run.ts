// Names a run of the tests, so that its files can share what one of them has built.
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  export interface ProvidedContext {
    testRun: string;
  }
}

export default function setup({ provide }: TestProject): void {
  provide('testRun', `${process.pid} ${Date.now()}`);
}
