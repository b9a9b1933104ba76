// Which runs are being worked on, in this tab or another: one Web Lock each.
const PREFIX = 'calibration-lab-run:';

/** Marks a run as worked on until the returned function is called or the tab closes. */
export async function claim(id: string): Promise<() => void> {
  const { locks } = navigator;
  if (!locks) return () => {};
  return new Promise((claimed) => {
    const held = locks.request(PREFIX + id, { ifAvailable: true }, () => {
      return new Promise<void>((release) => claimed(() => release()));
    });
    held.catch(() => claimed(() => {}));
  });
}

/** The runs that someone works on; where the browser cannot say, none. */
export async function runsInOtherTabs(): Promise<readonly string[]> {
  const { locks } = navigator;
  if (!locks) return [];
  const { held = [] } = await locks.query();
  const names = held.map(({ name }) => name ?? '').filter((name) => name.startsWith(PREFIX));
  return names.map((name) => name.slice(PREFIX.length));
}
