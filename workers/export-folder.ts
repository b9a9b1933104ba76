// An experiment as a folder for PyTorch, file by file: on the page what `lab export` is in a terminal.
import type { FileEvent, StudyEvent } from '../src/lab/events.ts';
import { BUILTIN_MODEL, isBuiltin, type Experiment } from '../src/lab/experiment/experiment.ts';
import { exportStudy } from '../src/lab/export/export-study.ts';
import type { OpenedModel } from '../src/lab/study/study-context.ts';
import type { LanguageModel } from '../src/model/language-model.ts';

/** What is the same in every folder, by its path: scripts, configurations, words. */
const COMMON = import.meta.glob<string>('../src/lab/export/folder/**/*', {
  query: '?raw',
  import: 'default',
  eager: true,
  exhaustive: true,
});
/** Of the built-in model, which the folder carries. */
const BUILTIN_FILES = [
  'config.json',
  'model.safetensors',
  'tokenizer.json',
  'tokenizer_config.json',
];

interface Places {
  readonly model: LanguageModel;
  /** Address of the folder of the built-in model. */
  readonly builtin: string;
  readonly openModel: (name: string) => AsyncGenerator<StudyEvent, OpenedModel>;
  readonly signal: AbortSignal;
}

/** @throws InputError as `exportStudy` */
export async function* exportFolder(
  experiment: Experiment,
  { model, builtin, openModel, signal }: Places,
): AsyncGenerator<StudyEvent> {
  for (const [path, content] of Object.entries(COMMON)) {
    yield file(path.split('/folder/')[1]!, content);
  }
  const builtinFiles = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const name of BUILTIN_FILES) {
    const response = await fetch(new URL(name, builtin), { signal });
    if (!response.ok) throw new Error(`${name} of the built-in model: status ${response.status}`);
    builtinFiles.set(name, new Uint8Array(await response.arrayBuffer()));
  }
  const beside = isBuiltin(experiment) ? undefined : yield* openModel(BUILTIN_MODEL);
  try {
    const pieces = exportStudy(experiment, {
      described: { spec: model.decoder.spec, tokenizer: () => Promise.resolve(model.tokenizer) },
      model: () => Promise.resolve(model),
      builtin: beside?.model ?? model,
      builtinFiles,
      signal,
    });
    for await (const { name, content } of pieces) yield file(name, content);
  } finally {
    beside?.dispose();
  }
}

const file = (name: string, content: FileEvent['content']): FileEvent => ({
  ...{ type: 'file', name, content },
});
