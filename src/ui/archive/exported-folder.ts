// The folder that trains an experiment with PyTorch, a folder for each of its seeds, put together from its pieces.
import type { StudyEvent } from '../../lab/events.ts';
import type { Experiment } from '../../lab/experiment/experiment.ts';
import { perSeed } from '../../lab/experiment/seeds.ts';
import type { LentJobs } from '../state/lent-jobs.ts';
import { joinedPieces } from './joined-pieces.ts';
import type { ZippedFiles } from './zip.ts';

/** @returns null where a run has the worker, or takes it */
export async function exportedFolder(
  worker: Pick<LentJobs, 'export'>,
  experiment: Experiment,
  onFile: (name: string) => void,
): Promise<ZippedFiles | null> {
  const files = joinedPieces();
  for (const single of perSeed(experiment)) {
    const folder = experiment.seeds ? `seed-${single.seed}/` : '';
    const hear = (event: StudyEvent) => {
      if (event.type !== 'file') return;
      files.add(folder + event.name, event.content);
      onFile(folder + event.name);
    };
    if ((await worker.export(single, hear)) !== 'done') return null;
  }
  return files.all();
}
