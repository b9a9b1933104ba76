// A run as one zip, drawn and packed on the page.
import palette from '../../charts/palette.css?raw';
import { loadPlot } from '../charts/load-plot.ts';
import { runArchive, type ArchivedRun } from './run-archive.ts';
import { zipped } from './zip.ts';

export async function runZip(archived: ArchivedRun): Promise<Uint8Array<ArrayBuffer>> {
  const studio = {
    Plot: await loadPlot(),
    serialize: (element: Element) => new XMLSerializer().serializeToString(element),
    css: palette,
  };
  return zipped(runArchive(archived, studio), archived.run.updatedAt);
}
