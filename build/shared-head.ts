// What the heads of the page and of its form for other sites' frames have in common.
import type { Plugin } from 'vite';

const PLACE = '<!-- shared head -->';

const HEAD = `
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <meta
      name="description"
      content="Fine-tune a small language model in this tab until it answers as often as it was asked to, and see its exact answer distribution before and after."
    />
    <title>Calibration Lab</title>
    <link rel="icon" type="image/svg+xml" href="./favicon.svg" />`.trim();

export function sharedHead(): Plugin {
  return {
    name: 'shared-head',
    transformIndexHtml: { order: 'pre', handler: (html) => html.replace(PLACE, HEAD) },
  };
}
