// Where results.json keeps the reports of evaluations. Stored reports may be anything.
import { isObject } from '../core/is-object.ts';
import { evaluationNamed, type EvaluationName } from './names.ts';

type Fields = Readonly<Record<string, unknown>>;

/** A report as fields of an arm's results. */
export function keptReport(name: EvaluationName, report: unknown): Fields {
  const { kept } = evaluationNamed(name);
  return kept ? kept.write(isObject(report) ? report : {}) : { [name]: report };
}

/** The report among an arm's results, as far as it looks like one. */
export function reportIn(arm: object, name: EvaluationName): Fields | undefined {
  const { kept } = evaluationNamed(name);
  const fields = arm as Fields;
  const report = kept ? kept.read(fields) : fields[name];
  return isObject(report) ? report : undefined;
}
