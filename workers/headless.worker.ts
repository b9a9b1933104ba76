// The worker of a headless run: takes a job from the server that served it, and reports to it.
import type { Environment } from '../src/lab/events.ts';
import { runJob } from '../src/lab/jobs/job.ts';
import { fromBytes, toBytes } from '../src/lab/wire.ts';
import { labErrorOf } from '../src/lab/lab-error.ts';
import type { HeadlessTask } from '../src/lab/jobs/headless-task.ts';
import type { ModelFiles } from '../src/model/files/model-files.ts';
import { isGguf } from '../src/model/gguf-folder.ts';
import { addressSource } from '../src/model/sources/address-source.ts';
import { directFiles } from '../src/model/sources/direct-files.ts';
import { NETWORK } from '../src/model/sources/network.ts';
import { startBackend } from '../src/tensor/backend.ts';
import { version_core } from '../src/tensor/tf.ts';
import { selfTest } from '../src/training/self-test.ts';

self.addEventListener('message', ({ data }: MessageEvent<string>) => void work(data), {
  once: true,
});

/** @param base address of the server, with a slash at its end */
async function work(base: string): Promise<void> {
  const post = async (path: string, body: BodyInit) => {
    await fetch(base + path, { method: 'POST', body });
  };
  try {
    const response = await fetch(`${base}task`);
    const task = fromBytes(new Uint8Array(await response.arrayBuffer())) as HeadlessTask;
    const { environment, failure } = await prepare(task);
    const events = runJob(task.job, {
      environment,
      model: await folderAt(base, 'model'),
      ...(task.weights && { weights: task.weights }),
      ...(task.adapted && { adapter: await folderAt(base, 'adapter') }),
      ...(task.embeds && { embedder: await folderAt(base, 'embedder') }),
    });
    for (;;) {
      const next = await failure.guard(events.next()).catch(async (error: unknown) => {
        throw await failure.cause(error);
      });
      if (next.done) break;
      await post('event', toBytes(next.value));
    }
    await post('done', '');
  } catch (thrown) {
    await post('failed', JSON.stringify(labErrorOf(thrown)));
  }
}

/** A folder of this computer, through its server. */
async function folderAt(base: string, name: string): Promise<ModelFiles> {
  const files = directFiles(addressSource(`${base}${name}/`), { network: NETWORK });
  const listed = await (await fetch(`${base}names/${name}`)).json();
  const sizes = new Map(listed as [string, number | undefined][]);
  const names = async () => [...sizes.keys()];
  // The server is this computer: whole files come sooner than many parts, unless one is all weights.
  const whole = (file: string) => files(file);
  if (![...sizes.keys()].some(isGguf)) return Object.assign(whole, { names });
  return Object.assign(whole, {
    names,
    size: async (file: string) => sizes.get(file),
    async range(file: string, from: number, to: number) {
      const headers = { range: `bytes=${from}-${to - 1}` };
      const response = await fetch(`${base}${name}/${encodeURIComponent(file)}`, { headers });
      return new Uint8Array(await response.arrayBuffer());
    },
  });
}

async function prepare({ modelName }: HeadlessTask) {
  const { name, adapter, failure } = await startBackend(['webgpu'], {}, selfTest);
  const chromium = /Chrome\/([\d.]+)/.exec(navigator.userAgent)?.[1] ?? 'unknown';
  const environment: Environment = {
    backend: name,
    adapter,
    model: modelName,
    selfTest: 'passed',
    versions: { chromium, tfjs: version_core },
  };
  return { environment, failure };
}
