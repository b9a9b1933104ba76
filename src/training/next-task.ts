// Giving way to messages, timers and cancellation.

/** Timers of a page wait 4 ms once they are nested; a message of one's own does not. */
const channel = typeof setImmediate === 'function' ? undefined : new MessageChannel();
const waiting: (() => void)[] = [];
if (channel) channel.port1.onmessage = () => waiting.shift()?.();

/** Resolves in a task of its own, after those that wait already. */
export function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    if (!channel) return void setImmediate(resolve);
    waiting.push(resolve);
    channel.port2.postMessage(null);
  });
}
