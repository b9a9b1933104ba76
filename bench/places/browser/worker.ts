// A thread of the benchmarks in a browser, on WebGPU.
import { expose } from 'comlink';
import type { ModelFiles } from '../../../src/model/files/model-files.ts';
import { TaskSession } from '../../tasks/session.ts';

/** The built page has the project's public files beside it. */
const builtin: ModelFiles = async (name) => {
  const response = await fetch(new URL(`/models/builtin/${name}`, location.origin));
  return response.ok ? new Uint8Array(await response.arrayBuffer()) : undefined;
};

expose(new TaskSession({ backend: 'webgpu', builtin }));
