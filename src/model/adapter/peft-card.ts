// The README.md of an exported adapter: what it is, how it was trained, how it scores, how to load it.
import { markdownCode, markdownTable, markdownText } from '../../core/escape.ts';
import { hubModel, type HubModel } from './hub-model.ts';

export interface AdapterCard {
  /** Of the adapter, e.g. the arm of a study. */
  readonly name: string;
  /** As the user named the model; a hub id is linked. */
  readonly baseModel: string;
  /** A sentence or two on the training. */
  readonly summary: string;
  /** Label and value of every setting worth reading. */
  readonly settings: readonly (readonly [label: string, value: string | number])[];
  readonly scores: readonly ScoreTable[];
  /** The whole configuration, to run it again. */
  readonly configuration: unknown;
}

export interface ScoreTable {
  readonly title: string;
  readonly columns: readonly string[];
  /** First column a label; null where a figure does not exist. */
  readonly rows: readonly (readonly (string | number | null)[])[];
}

/** A model card in the hub's format: YAML facts, then Markdown. */
export function adapterCard(card: AdapterCard): string {
  const hub = hubModel(card.baseModel);
  return [
    '---',
    ...(hub ? [`base_model: ${hub.repo}`] : []),
    'library_name: peft',
    'pipeline_tag: text-generation',
    'tags:',
    '- lora',
    '- calibration',
    '---',
    '',
    `# ${markdownText(card.name)}`,
    '',
    `A LoRA adapter for ${hub ? link(hub) : markdownCode(card.baseModel)}. ${markdownText(card.summary)}`,
    '',
    '## Use',
    '',
    '```python',
    'from peft import PeftModel',
    'from transformers import AutoModelForCausalLM',
    '',
    `model = AutoModelForCausalLM.from_pretrained(${hub ? pythonArguments(hub) : '"path/to/the/base/model"'})`,
    'model = PeftModel.from_pretrained(model, "path/to/this/folder")',
    '```',
    '',
    '## Training',
    '',
    ...table(['setting', 'value'], card.settings),
    '',
    ...card.scores.flatMap(({ title, columns, rows }) => [
      `## ${markdownText(title)}`,
      '',
      ...table(columns, rows),
      '',
    ]),
    '## Configuration',
    '',
    '```json',
    JSON.stringify(card.configuration, null, 2),
    '```',
    '',
  ].join('\n');
}

function link({ repo, revision }: HubModel): string {
  return `[${repo}](https://huggingface.co/${repo})${revision === null ? '' : ` (${revision})`}`;
}

function pythonArguments({ repo, revision }: HubModel): string {
  return revision === null ? `"${repo}"` : `"${repo}", revision="${revision}"`;
}

const table = (columns: readonly string[], rows: ScoreTable['rows']) =>
  markdownTable(
    columns,
    rows.map((row) => row.map((value) => (typeof value === 'number' ? figure(value) : value))),
  );

const figure = (value: number) => (Number.isInteger(value) ? value : Number(value.toPrecision(4)));
