// Faults of the page, by the entry of the fault: each look opens the built page of a version, does what a person
// would, and returns what it saw.

/** A run of a few seconds on the processor. */
const SMALL =
  '#data.distribution.family=bernoulli&data.distribution.params.p=0.5' +
  '&training.steps=4&training.batch=1&training.learning_rate=0.005&training.warmup=0' +
  '&evaluation.splits=["train"]&arms=' +
  encodeURIComponent(
    '[{"name":"base","method":"none"},{"name":"soft","method":"soft","paths":"trie"}]',
  );
const LONG = SMALL.replace('steps=4', 'steps=5000');
const PATIENCE = 60_000;
/** A GPU made of software takes its time. */
const MORE_PATIENCE = 300_000;

const results = (page) => page.getByRole('region', { name: 'Results' });
const runButton = (page) => page.getByRole('button', { name: 'Run the experiment' });
const words = async (locator) =>
  (await locator.allInnerTexts()).join(' ').replace(/\s+/g, ' ').trim();

/** Whether that comes, and what the page says of trouble if not. */
async function comes(page, locator, timeout = PATIENCE) {
  const here = await locator
    .first()
    .waitFor({ timeout })
    .then(
      () => true,
      () => false,
    );
  return here || words(page.locator('[role=alert], .notice, .bad, .badge, .machine'));
}

async function firstRun(page) {
  await runButton(page).click({ timeout: PATIENCE });
  return { 'the run ends well': await comes(page, results(page).getByText(/took \d/)) };
}
const inWorkers = (code) => ({ prelude: { to: /worker-/, code } });

async function training(page, timeout = PATIENCE) {
  await runButton(page).click({ timeout });
  await page
    .getByText(/Training soft, step \d/)
    .first()
    .waitFor({ timeout });
}

/** The process that Chromium has for the GPU. */
async function gpuProcess(page) {
  const session = await page.context().browser().newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  return processInfo.find(({ type }) => type === 'GPU').id;
}

/** Puts a copy of the stored run into the database, damaged. */
async function storeDamaged() {
  const asked = (request) =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  const db = await asked(indexedDB.open('calibration-lab'));
  const runs = db.transaction('runs', 'readwrite').objectStore('runs');
  const [good] = await asked(runs.getAll());
  await asked(runs.put({ ...good, id: 'damaged', headline: { base: null } }));
  db.close();
}

export const LOOKS = [
  {
    entry: 'P1',
    habits: {
      headers: {
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-embedder-policy': 'require-corp',
      },
    },
    address: SMALL,
    look: firstRun,
  },
  { entry: 'P2', habits: { name: 'lab.test' }, address: SMALL, look: firstRun },
  {
    entry: 'P4',
    address: LONG,
    view: { width: 1280, height: 720 },
    async look(page) {
      await training(page);
      const chart = results(page).getByRole('img').first();
      const { y } = await chart.boundingBox();
      const drawn = await chart.evaluate(async (element) => {
        let count = 0;
        new MutationObserver(() => count++).observe(element.parentElement, {
          childList: true,
          subtree: true,
        });
        await new Promise((resolve) => setTimeout(resolve, 2000));
        return count;
      });
      return { 'top of the chart in a window of 720': Math.round(y), 'changes in 2 s': drawn };
    },
  },
  {
    entry: 'P5',
    address: LONG,
    async look(page) {
      await training(page);
      await page.getByRole('button', { name: 'Cancel' }).click();
      await page.getByText('This run was cancelled.').waitFor();
      await page.waitForTimeout(1000);
      return { 'Resume is offered': await page.getByRole('button', { name: /^Resume/ }).count() };
    },
  },
  {
    entry: 'P6',
    // A folder that an earlier visit was shown, and that this one cannot see.
    address: '?backend=wasm#model=local:mine',
    async look(page) {
      await page.waitForTimeout(5000);
      const offered = (name) => page.getByRole('button', { name }).count();
      return {
        'Run is offered': await offered(/^Run the/),
        'Open again is offered': await offered(/Open .* again/),
      };
    },
  },
  {
    entry: 'P7',
    address: SMALL,
    view: { width: 1280, height: 720 },
    async look(page) {
      await page.getByText('Advanced').first().click();
      await page.evaluate(() => scrollTo(0, 0));
      let hidden = 0;
      for (let i = 0; i < 60; i++) {
        await page.keyboard.press('Tab');
        hidden += await page.evaluate(() => {
          const element = document.activeElement;
          const bar = document.querySelector('.go');
          if (!bar || !element.closest('form') || bar.contains(element)) return 0;
          const [focus, over] = [element.getBoundingClientRect(), bar.getBoundingClientRect()];
          return focus.bottom > over.top && focus.top < over.bottom ? 1 : 0;
        });
      }
      return { 'times the focus was under the bar': hidden };
    },
  },
  {
    entry: 'P8',
    address: SMALL,
    look: async (page) => ({
      'named for what it copies': await page
        .getByRole('button', { name: 'Copy link to this experiment' })
        .count(),
    }),
  },
  {
    entry: 'P10',
    address: SMALL,
    async look(page) {
      await firstRun(page);
      const floors = results(page).getByText(/Soft and hard targets\s+reach different floors/);
      return { 'what is said of hard targets in a run without them': await words(floors) };
    },
  },
  {
    entry: 'P11',
    address: '#training.preset=paper',
    async look(page) {
      await page.getByText('Advanced', { exact: true }).click();
      const decided = [
        'Optimizer steps per arm',
        'Decimals of an answer',
        'Most answers per prompt',
      ];
      const shown = [];
      for (const name of decided) {
        if (await page.getByRole('spinbutton', { name, exact: true }).count()) shown.push(name);
      }
      return { 'fields that the preset overrules': shown };
    },
  },
  {
    entry: 'P12',
    address: '#training.steps=4',
    async look(page) {
      await runButton(page).click({ timeout: PATIENCE });
      const prompt = results(page).locator('p.prompt');
      await prompt.waitFor({ timeout: PATIENCE });
      return { 'the watched prompt': (await words(prompt)).slice(-90) };
    },
  },
  {
    entry: 'P13',
    address: SMALL,
    async look(page) {
      await firstRun(page);
      return {
        'the story': (await words(results(page).locator('.story'))).slice(110, 300),
      };
    },
  },
  {
    entry: 'P15',
    address: SMALL,
    view: { width: 390, height: 800 },
    async look(page) {
      await firstRun(page);
      return page.evaluate(() => {
        const small = [
          ...document.querySelectorAll('button, select, summary, input, nav a, a.button'),
        ].filter((element) => {
          const label = element.labels?.[0];
          const { width, height } = (
            label?.contains(element) ? label : element
          ).getBoundingClientRect();
          return width > 0 && !element.matches('.sr-only') && (width < 24 || height < 24);
        });
        const { scrollWidth, clientWidth } = document.documentElement;
        return {
          'pixels too wide': scrollWidth - clientWidth,
          'targets below 24 pixels': small.length,
        };
      });
    },
  },
  {
    entry: 'K1',
    gpu: true,
    // A GPU, as it says, whose programs do not compile.
    habits: inWorkers(
      `Object.defineProperty(GPUAdapter.prototype, 'info', {get: () => ({vendor: 'test', architecture: 'gpu'})});
       const make = GPUDevice.prototype.createShaderModule;
       GPUDevice.prototype.createShaderModule = function (wish) {
         return make.call(this, {...wish, code: 'no program'});
       };`,
    ),
    address: SMALL,
    look: firstRun,
  },
  {
    entry: 'K2',
    gpu: true,
    address: `?backend=webgpu${SMALL.replace('steps=4', 'steps=30')}`,
    async look(page) {
      await training(page, MORE_PATIENCE);
      process.kill(await gpuProcess(page), 'SIGKILL');
      const saysSo = results(page).getByText('went on by itself');
      const ended = results(page).getByText(/took \d/);
      const resume = results(page).getByRole('button', { name: /^Resume/ });
      await comes(page, saysSo.or(ended).or(resume), MORE_PATIENCE);
      return {
        'goes on by itself': (await saysSo.or(ended).count()) > 0,
        'waits for a hand': (await resume.count()) > 0,
      };
    },
  },
  {
    entry: 'K7',
    address: SMALL,
    async look(page) {
      await firstRun(page);
      await page.evaluate(storeDamaged);
      await page.reload();
      const names = page.getByRole('textbox', { name: 'Name of the run' });
      const shown = await comes(page, names, 20_000);
      return { 'the history is shown': shown, runs: await names.count() };
    },
  },
  {
    entry: 'W3',
    address: '#lab',
    async look(page) {
      await page.getByRole('radio', { name: 'Own choices' }).check();
      const prompt = page.getByRole('textbox', { name: 'What the model is asked' });
      await prompt.fill('Toss it. Say heads or tails.');
      const choices = encodeURIComponent(
        '[{"value":"red","weight":1},{"value":"blue","weight":1}]',
      );
      await page.evaluate((hash) => (location.hash = hash), `#data.choices=${choices}`);
      await page.waitForTimeout(1500);
      return { 'a link to red and blue asks': await prompt.inputValue() };
    },
  },
  {
    entry: 'W5',
    address: '#data.bins=1000000000',
    async look(page) {
      await page.waitForTimeout(1500);
      return { 'it says': (await words(page.getByText(/whole number/))).slice(-200) };
    },
  },
  {
    entry: 'H4',
    address: SMALL,
    async look(page) {
      const policy = page.locator('meta[http-equiv="Content-Security-Policy"]');
      return { 'has a Content-Security-Policy': (await policy.count()) > 0 };
    },
  },
  {
    entry: 'H5',
    habits: inWorkers(
      `Object.defineProperty(navigator, 'gpu', {value: {requestAdapter: () => new Promise(() => {})}});`,
    ),
    address: SMALL,
    look: firstRun,
  },
];
