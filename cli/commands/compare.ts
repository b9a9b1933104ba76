// `lab compare`: finished studies side by side, as a report with figures, CSV and JSON.
import { MOST_COLUMNS } from '../../src/charts/looks.ts';
import { InputError } from '../../src/core/errors.ts';
import { columnsOf, type ColumnPart } from '../../src/lab/compare/columns.ts';
import type { ComparedRun } from '../../src/lab/compare/compared-run.ts';
import { defineCommand } from '../command.ts';
import { writeComparison } from '../comparison-folder.ts';
import { readStudies } from '../finished-studies.ts';
import { kinds, list, option, required } from '../options.ts';
import { outFolder } from '../out-place.ts';
import { toJson } from '../terminal.ts';

export const command = defineCommand({
  description: [
    'Sets finished studies side by side: folders that lab study wrote, or folders of such folders.',
    'Studies that differ in nothing but their seed make one column for each arm, with intervals over',
    'prompts and seeds. Writes report.md with figures/, comparison.csv (a line for each figure),',
    'comparison-prompts.csv (for each prompt) and comparison.json into --out. The same folders give',
    'the same files.',
  ].join('\n'),
  words: { usage: 'DIR…' },
  options: {
    out: required(outFolder('DIR', 'where the comparison goes')),
    arms: list('NAME,STUDY/NAME…', 'compare these arms only', kinds.some),
    against: option(
      'COLUMN',
      'what differences are taken to (default the first column)',
      kinds.some,
    ),
    title: option('TEXT', 'the title of the report (default Comparison of runs)', kinds.some),
  },
  async run({ out, arms, against: column, title }, terminal, folders) {
    const parts = chosenParts(await readStudies(folders), arms);
    const against = placeOf(parts, column);
    const comparison = await writeComparison(out, parts, { against, ...(title && { title }) });
    const columns = comparison.columns.map(({ label, parts: { length } }) => ({
      label,
      runs: length,
    }));
    await terminal.write(`${toJson({ out, columns })}\n`);
  },
});

/** @throws InputError for an arm that no study has, or more columns than can be told apart */
function chosenParts(
  runs: readonly ComparedRun[],
  names: readonly string[] | undefined,
): ColumnPart[] {
  const all = runs.flatMap((run) => run.arms.map((arm) => ({ run, arm })));
  const parts = names === undefined ? all : names.flatMap((name) => partsNamed(all, name));
  const { length } = columnsOf(parts, true);
  if (length <= MOST_COLUMNS) return parts;
  throw new InputError(
    `there are ${length} columns, and figures can tell ${MOST_COLUMNS} apart`,
    'choose some of them with --arms',
    'arms',
  );
}

/** @param name of an arm, or of a study and its arm with a slash in between */
function partsNamed(parts: readonly ColumnPart[], name: string): ColumnPart[] {
  const wanted = name.trim();
  const found = parts.filter(
    ({ run, arm }) => arm.name === wanted || `${run.name}/${arm.name}` === wanted,
  );
  if (found.length > 0) return found;
  const known = new Set(parts.map(({ run, arm }) => `${run.name}/${arm.name}`));
  throw new InputError(
    `--arms has ${JSON.stringify(wanted)}, which no study has`,
    `use some of ${[...known].join(', ')}`,
    'arms',
  );
}

function placeOf(parts: readonly ColumnPart[], name: string | undefined): number {
  if (name === undefined) return 0;
  const labels = columnsOf(parts, true).map(({ label }) => label);
  const place = labels.indexOf(name);
  if (place >= 0) return place;
  throw new InputError(
    `--against is ${JSON.stringify(name)}, which is no column`,
    `use one of ${labels.join(', ')}`,
    'against',
  );
}
