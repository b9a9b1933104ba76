// The page of a headless run: it only starts the worker, and says so if that fails.
const base = new URL('.', location.href).href;
const worker = new Worker(new URL('./headless.worker.ts', import.meta.url), { type: 'module' });

worker.addEventListener('error', ({ message }) => {
  const error = { kind: 'bug', message: message || 'the worker could not be started', advice: '' };
  void fetch(`${base}failed`, { method: 'POST', body: JSON.stringify(error) });
});
worker.postMessage(base);
