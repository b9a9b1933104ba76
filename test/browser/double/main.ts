// The page with a scripted study in place of the real one: for looking at it, and for its tests.
import * as Comlink from 'comlink';
import { mount } from 'svelte';
import { LabClient } from '../../../src/lab/lab-client.ts';
import { LabService } from '../../../src/lab/lab-service.ts';
import { openRunStore } from '../../../src/lab/runs/open-run-store.ts';
import { TargetsClient } from '../../../src/lab/targets-client.ts';
import { targetsService } from '../../../src/lab/targets-service.ts';
import App from '../../../src/ui/App.svelte';
import '../../../src/ui/styles/tokens.css';
import '../../../src/ui/styles/base.css';
import { scriptedStudy } from './scripted-study.ts';

/** A worker that lives in the page's own thread. */
function inThisThread(api: object) {
  const { port1, port2 } = new MessageChannel();
  Comlink.expose(api, port1);
  port2.start();
  return Object.assign(port2, {
    terminate: () => {
      port1.close();
      port2.close();
    },
  });
}

const lab = {
  client: new LabClient(() => inThisThread({ study: new LabService(scriptedStudy()) })),
  targets: new TargetsClient(() => inThisThread({ targets: targetsService })),
  openStore: openRunStore,
};
mount(App, { target: document.getElementById('app') as HTMLElement, props: { lab } });
