// What the page is given to work with.
import type { LabClient } from '../../lab/lab-client.ts';
import type { RunStore, StoreNotice } from '../../lab/runs/run-store.ts';
import type { TargetsClient } from '../../lab/targets-client.ts';

export interface Lab {
  readonly client: LabClient;
  readonly targets: TargetsClient;
  readonly openStore: (onNotice: (notice: StoreNotice) => void) => Promise<RunStore>;
}
