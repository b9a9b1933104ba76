// The files of a comparison: report with charts, CSV and JSON.
import { reportCharts } from '../src/charts/comparison-charts.ts';
import { InputError } from '../src/core/errors.ts';
import type { ColumnPart } from '../src/lab/compare/columns.ts';
import { compare, type CompareOptions, type Comparison } from '../src/lab/compare/comparison.ts';
import { comparisonCsv, promptsCsv } from '../src/lab/compare/comparison-csv.ts';
import { comparisonJson } from '../src/lab/compare/comparison-json.ts';
import { comparisonReport } from '../src/lab/compare/comparison-report.ts';
import { writeCharts } from './chart-files.ts';
import { writeInFolder } from './write-file.ts';

/**
 * Compares and writes everything there is to say into a folder.
 * @throws InputError if it cannot be written
 */
export async function writeComparison(
  folder: string,
  parts: readonly ColumnPart[],
  { title, ...options }: CompareOptions & { readonly title?: string },
): Promise<Comparison> {
  const comparison = compare(parts, options);
  const write = (name: string, content: string) =>
    writeInFolder(folder, name, content).catch((error: Error) => {
      throw new InputError(
        `${folder} cannot be written (${error.message})`,
        'give another --out',
        'out',
      );
    });
  const charts = await writeCharts(reportCharts(comparison), write);
  await write('report.md', comparisonReport(comparison, { charts, ...(title && { title }) }));
  await write('comparison.csv', comparisonCsv(comparison));
  await write('comparison-prompts.csv', promptsCsv(comparison));
  await write('comparison.json', `${comparisonJson(comparison)}\n`);
  return comparison;
}
