// The worker of a headless run: takes a job from the server that served it, and reports to it.
import type { Environment } from '../src/lab/events.ts';
import { runJob } from '../src/lab/jobs/job.ts';
import { fromBytes, toBytes } from '../src/lab/wire.ts';
import { labErrorOf } from '../src/lab/lab-error.ts';
import type { HeadlessTask } from '../src/lab/jobs/headless-task.ts';
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
    const folder = (name: string) => {
      const files = directFiles(addressSource(`${base}${name}/`), { network: NETWORK });
      // The server is this computer: whole files come sooner than many parts.
      return (file: string) => files(file);
    };
    const { environment, failure } = await prepare(task);
    const events = runJob(task.job, {
      environment,
      model: folder('model'),
      ...(task.weights && { weights: task.weights }),
      ...(task.adapted && { adapter: folder('adapter') }),
      ...(task.embeds && { embedder: folder('embedder') }),
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
