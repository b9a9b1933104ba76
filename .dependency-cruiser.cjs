// The import-direction rule: rooms may import only from the rooms below them.
// core <- tensor <- model <- training, evaluation <- methods <- lab <- charts <- ui, cli; workers stand on lab;
// core is usable by all.
const room = (name) => `^src/${name}/`;
const may = (name, path, allowed) => ({
  name: `${name}-looks-down-only`,
  severity: 'error',
  from: { path },
  to: { path: '^(src|workers|cli|bench|test|build)/', pathNot: [path, ...allowed] },
});
const [core, tensor, model, training, evaluation, methods, pretraining, lab, charts, ui] = [
  'core',
  'tensor',
  'model',
  'training',
  'evaluation',
  'methods',
  'pretraining',
  'lab',
  'charts',
  'ui',
].map(room);

/** The same between the rooms within a room. */
const mayWithin =
  (outer) =>
  ([name, ...allowed]) => ({
    name: `${outer}-${name}-looks-down-only`,
    severity: 'error',
    from: { path: `^src/${outer}/${name}/` },
    to: {
      path: `^src/${outer}/[^/]+/`,
      pathNot: [name, ...allowed].map((it) => `^src/${outer}/${it}/`),
    },
  });

/** The rooms within the model, each followed by those it may import from. */
const MODEL_ROOMS = [
  ['files'],
  ['spec', 'files'],
  ['gguf', 'files', 'spec'],
  ['families', 'files', 'spec', 'gguf'],
  ['tokenizer', 'files'],
  ['adapter', 'files', 'spec'],
  ['decoder', 'spec', 'adapter'],
  ['sources', 'files', 'spec', 'families', 'decoder'],
];
/** The same of the lab. */
const LAB_ROOMS = [
  ['experiment'],
  ['plan', 'experiment'],
  ['race', 'experiment'],
  ['lessons', 'experiment', 'plan', 'race'],
  ['study', 'experiment', 'plan'],
  ['jobs', 'experiment', 'plan', 'study'],
  ['export', 'experiment', 'plan', 'study'],
  ['state', 'experiment', 'study'],
  ['results', 'experiment', 'plan', 'state'],
  ['runs', 'experiment', 'results', 'state'],
  ['compare', 'experiment', 'plan', 'results', 'runs', 'state'],
  ['archive', 'compare', 'experiment', 'results', 'runs', 'state'],
  ['models', 'study'],
];

/** What this machine has in place of a browser: its backends, its folders, a Chromium; and a hub. */
const HOST =
  '^(cli/(backend|model-folder|packaged|lanes/node-threads)[.]ts|cli/chromium/|test/support/hub-server[.]ts)';

/** The compiler of what the wasm backend runs: in Node there is no build before. */
const KERNELS = '^build/(kernel-binaries|tfjs-binary)[.]ts$';
/** That compiler alone, which imports nothing of ours. */
const COMPILER = '^build/assembly[.]ts$';

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-orphans',
      severity: 'error',
      from: { orphan: true, path: '^src/', pathNot: ['\\.d\\.ts$', '^src/main\\.ts$'] },
      to: {},
    },
    {
      name: 'not-to-undeclared',
      severity: 'error',
      from: {},
      // An optional peer is taken for undeclared beside what it is.
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['npm-peer'] },
    },
    may('core', core, []),
    may('tensor', tensor, [core]),
    may('model', model, [core, tensor]),
    may('training', training, [core, tensor, model]),
    may('evaluation', evaluation, [core, tensor, model]),
    may('pretraining', pretraining, [core, tensor, model, training]),
    may('methods', methods, [core, tensor, model, training, evaluation]),
    may('lab', lab, [core, tensor, model, training, evaluation, methods]),
    ...MODEL_ROOMS.map(mayWithin('model')),
    ...LAB_ROOMS.map(mayWithin('lab')),
    // Charts, tables and forms read what an evaluation is from its description.
    may('charts', charts, [core, evaluation, methods, lab]),
    // The page knows the worker contract and data shapes in lab, never tensors or models.
    may('ui', ui, [core, evaluation, methods, lab, charts]),
    may('workers', '^workers/', ['^src/(core|tensor|model|training|evaluation|methods|lab)/']),
    may('bench', '^bench/', [
      '^src/(core|tensor|model|training|evaluation|methods|lab)/',
      HOST,
      COMPILER,
    ]),
    may('host', HOST, ['^src/(core|tensor|model|lab)/', KERNELS]),
    may('cli', '^cli/', [
      '^src/(core|tensor|model|training|evaluation|methods|pretraining|lab|charts)/',
      '^bench/',
      KERNELS,
    ]),
    {
      name: 'core-knows-neither-tensors-nor-the-page',
      severity: 'error',
      from: { path: core },
      to: { path: 'node_modules/(@tensorflow|svelte|comlink|idb|@observablehq|@huggingface)/' },
    },
    {
      name: 'charts-are-no-components',
      severity: 'error',
      from: { path: charts },
      to: { path: 'node_modules/svelte/' },
    },
    {
      name: 'tfjs-in-one-place',
      comment:
        'Everyone else imports tfjs through src/tensor; tests may load its gradients as oracles.',
      severity: 'error',
      from: { pathNot: ['^src/tensor/', '^bench/', '^test/support/'] },
      to: { path: 'node_modules/@tensorflow/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.svelte', '.js', '.json'] },
  },
};
