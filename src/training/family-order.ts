// The order of an epoch: families take turns, so that every batch mixes them.
import { randomStream } from '../core/random.ts';

/**
 * Rows shuffled within their family, families shuffled, then one row of each in turn until all are
 * used: the reference's interleaving. Depends on seed and epoch alone.
 * @returns indices into `families` [rows]
 */
export function familyBalancedOrder(
  families: readonly string[],
  seed: number,
  epoch: number,
): number[] {
  const queues = new Map<string, number[]>();
  families.forEach((family, row) => {
    const queue = queues.get(family);
    if (queue) queue.push(row);
    else queues.set(family, [row]);
  });
  const random = randomStream(seed, 'order', epoch);
  const shuffled = random.shuffle([...queues.values()].map((queue) => random.shuffle(queue)));
  const longest = Math.max(...shuffled.map((queue) => queue.length));
  return Array.from({ length: longest }, (_, turn) =>
    shuffled.flatMap((queue) => queue.slice(turn, turn + 1)),
  ).flat();
}

/**
 * The rows of each step when epochs of all rows follow each other; a batch may span two epochs. Orders
 * of epochs are remembered: steps come one after the other.
 */
export function stepRows(
  batch: number,
  families: readonly string[],
  seed: number,
): (step: number) => number[] {
  const orders = new Map<number, readonly number[]>();
  const orderOf = (epoch: number) => {
    let order = orders.get(epoch);
    if (!order) {
      order = familyBalancedOrder(families, seed, epoch);
      orders.delete(epoch - 2);
      orders.set(epoch, order);
    }
    return order;
  };
  return (step) =>
    Array.from({ length: batch }, (_, i) => {
      const position = step * batch + i;
      return orderOf(Math.floor(position / families.length))[position % families.length]!;
    });
}
