// Entry point of the page: gives it its workers and its store.
import { mount } from 'svelte';
import { LabClient } from './lab/lab-client.ts';
import type { StoreNotice } from './lab/runs/run-store.ts';
import { TargetsClient } from './lab/targets-client.ts';
import App from './ui/App.svelte';
import { decodeStage, encodeStage, stagePlace } from './ui/stage/stage-link.ts';
import { loadAllViews } from './ui/views.ts';
import './ui/styles/tokens.css';
import './ui/styles/base.css';

/** `?backend=wasm` (or webgpu, cpu) in the address overrules the lab's own choice. */
const wish = new URLSearchParams(location.search).get('backend');
const backend = (['webgpu', 'wasm', 'cpu'] as const).find((name) => name === wish);

const lab = {
  client: new LabClient(
    () => new Worker(new URL('../workers/lab.worker.ts', import.meta.url), { type: 'module' }),
    { backend },
  ),
  targets: new TargetsClient(
    () => new Worker(new URL('../workers/targets.worker.ts', import.meta.url), { type: 'module' }),
  ),
  openStore: async (onNotice: (notice: StoreNotice) => void) =>
    (await import('./lab/runs/open-run-store.ts')).openRunStore(onNotice),
};

const target = document.getElementById('app');
if (target === null) throw new Error('the page has no #app element');
if ('embed' in target.dataset) {
  keepEmbedded();
  addEventListener('hashchange', keepEmbedded);
}
mount(App, { target, props: { lab } });
keepForOffline();

/** What other sites may show in a frame is stage, tree or lesson, whatever their address asks for. */
function keepEmbedded(): void {
  const place = stagePlace(location.hash);
  const link = decodeStage(place ? location.hash : '');
  const address = encodeStage({ ...link, embed: true }, place);
  if (address !== location.hash) history.replaceState(null, '', address);
}

/**
 * Once the page is at rest, so that the first visit is no slower. Plain http has no service workers. The
 * worker rules from the next visit on: what this one may still need is loaded before it.
 */
function keepForOffline(): void {
  // The development server has none, and must not be outlived by what it served.
  if (import.meta.hot || !('serviceWorker' in navigator)) return;
  const keep = async () => {
    await loadAllViews();
    await navigator.serviceWorker.register('./offline.js');
  };
  addEventListener('load', () => setTimeout(() => void keep().catch(() => {}), 2000), {
    once: true,
  });
}
