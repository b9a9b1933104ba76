// Jobs on WebGPU: `runInChromium` runs one in a headless Chromium, through the built page.
//
// A server on this computer gives the browser the page (`headless.html`), the job and the files of
// model and adapter; the page's worker runs the job with `runJob`, as this process would, and posts
// every event back before it goes on. So commands see the same events and errors on every backend.
import type { JobFolders } from '../../src/lab/jobs/adapted-model.ts';
import type { EventOf, Job } from '../../src/lab/jobs/job.ts';
import { LabFailure, type LabError } from '../../src/lab/lab-error.ts';
import { builtPage } from './built-page.ts';
import { launchChromium } from './launch.ts';
import { serveTask, type HeadlessServer } from './serve-task.ts';

/**
 * Runs a job to its end; it waits for `onEvent` at every event. An abort closes the browser and
 * rejects with the signal's reason.
 * @throws InputError for bad input; Error where there is no browser or no WebGPU in it
 */
export async function runInChromium<J extends Job>(
  place: JobFolders & { readonly modelName: string },
  job: J,
  onEvent: (event: EventOf<J>) => void | Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  signal?.throwIfAborted();
  const task = {
    job,
    modelName: place.modelName,
    ...(place.weights && { weights: place.weights }),
    adapted: place.adapter !== undefined,
    embeds: place.embedder !== undefined,
  };
  // Before the page is built: there may be no browser.
  const browser = await launchChromium();
  let server: HeadlessServer | undefined;
  try {
    server = await serveTask(await builtPage(), task, place, (event) =>
      onEvent(event as EventOf<J>),
    );
    const page = await browser.newPage();
    const stopped = new Promise<never>((_, reject) => {
      const crashed = () => reject(new LabFailure(ENDED));
      browser.once('disconnected', crashed);
      page.once('crash', crashed);
      page.once('pageerror', reject);
      signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
    stopped.catch(() => {}); // closing the browser stops it, too
    await page.goto(server.page);
    await Promise.race([server.ended, stopped]);
  } finally {
    await browser.close();
    server?.close();
  }
}

const ENDED: LabError = {
  kind: 'worker',
  fault: 'dead',
  message: 'webgpu: Chromium ended before the work was done',
  advice: 'Run it again.',
};
