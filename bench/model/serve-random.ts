// A process of its own that serves a random model as the hub would: started with the name of a size,
// it sends its parent the address once it listens, and ends with it.
import { HubServer } from '../../test/support/hub-server.ts';
import { randomFolder } from './random-folder.ts';
import { REPO } from './served-model.ts';
import { configOfSize } from './sizes.ts';

const SEED = 11;

const [size] = process.argv.slice(2);
const files = await randomFolder(configOfSize(size!, {}), SEED);
const hub = await HubServer.start({ [REPO]: { files } });
process.on('disconnect', () => void hub.stop());
process.send!(hub.endpoint);
