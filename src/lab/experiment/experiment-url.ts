// The experiment as a URL fragment: what differs from the defaults, as dotted names.
import { InputError } from '../../core/errors.ts';
import { isObject } from '../../core/is-object.ts';
import { BUILTIN_MODEL, type Experiment, resolveExperiment } from './experiment.ts';

/**
 * The fragment (without `#`) that says how an experiment differs from the default one, e.g.
 * `data.decimals=3&seed=7`; empty for the default itself. A fragment never leaves the browser. What a
 * user brought in files (`evaluation.data`) is too long for it and is left out.
 */
export function encodeExperiment({ evaluation, ...rest }: Experiment): string {
  const experiment = { ...rest, evaluation: { ...evaluation, data: {} } };
  const fragment = new URLSearchParams();
  // Some defaults depend on the model, so they are those of its model.
  const standard = { ...resolveExperiment({ model: experiment.model }), model: BUILTIN_MODEL };
  for (const [name, value] of differences(experiment, standard, '')) {
    fragment.append(name, toText(value));
  }
  return fragment.toString();
}

/**
 * The experiment that a fragment (with or without `#`) describes.
 * @throws InputError if the fragment is damaged or describes no valid experiment.
 */
export function decodeExperiment(fragment: string): Experiment {
  const input = Object.create(null) as Tree;
  for (const [name, text] of new URLSearchParams(fragment.replace(/^#/, ''))) {
    if (depthOf(text) > MOST_DEPTH || name.split('.').length > MOST_DEPTH) {
      throw new InputError(
        `the link nests ${JSON.stringify(name.slice(0, 40))} deeper than ${MOST_DEPTH} levels`,
        'Copy the whole link again, or start from the default experiment.',
        name.slice(0, 40),
      );
    }
    plant(input, name, fromText(text));
  }
  return resolveExperiment(input);
}

/** No experiment nests half as deep; what does would exhaust the stack of whoever reads it. */
const MOST_DEPTH = 16;

/** How deep brackets nest; those within texts count, too, which no experiment has many of. */
function depthOf(text: string): number {
  if (!/^\s*[[{]/.test(text)) return 0;
  let [depth, deepest] = [0, 0];
  for (const character of text) {
    if (character === '[' || character === '{') deepest = Math.max(deepest, ++depth);
    else if (character === ']' || character === '}') depth--;
  }
  return deepest;
}

type Tree = Record<string, unknown>;

function* differences(value: Tree, standard: Tree, prefix: string): Generator<[string, unknown]> {
  for (const [key, entry] of Object.entries(value)) {
    const usual = standard[key];
    const name = prefix + key;
    if (entry === undefined) continue;
    if (isObject(entry) && canBeFlattened(entry)) {
      yield* differences(entry, isObject(usual) ? usual : {}, `${name}.`);
    } else if (JSON.stringify(entry) !== JSON.stringify(usual)) {
      yield [name, entry];
    }
  }
}

/** Dotted names cannot say an empty object, nor a key that contains a dot. */
function canBeFlattened(tree: Tree): boolean {
  const keys = Object.keys(tree);
  return keys.length > 0 && keys.every((key) => key !== '' && !key.includes('.'));
}

/** Text stays bare unless it could be read as something else. */
function toText(value: unknown): string {
  return typeof value === 'string' && fromText(value) === value ? value : JSON.stringify(value);
}

function fromText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function plant(root: Tree, name: string, value: unknown): void {
  const keys = name.split('.');
  const last = keys.pop() as string;
  let tree = root;
  for (const key of keys) {
    // Without prototypes, a name like __proto__ is a setting that does not exist, and nothing more.
    const next = (tree[key] ??= Object.create(null) as Tree);
    if (!isObject(next)) {
      throw new InputError(
        `the link gives ${name} inside ${key}, which is not an object`,
        'Copy the whole link again, or start from the default experiment.',
        name,
      );
    }
    tree = next;
  }
  tree[last] = value;
}
