// Whether this page may share the memory of WebAssembly among threads.

/** As many pages as addresses can tell apart: what the binaries for shared memory say. */
const MOST_PAGES = 65_536;

/** Only where the host isolates the page from other origins, and a device has that many addresses to set aside. */
export function canShareMemory(): boolean {
  if (!globalThis.crossOriginIsolated) return false;
  try {
    void new WebAssembly.Memory({ initial: 1, maximum: MOST_PAGES, shared: true });
    return true;
  } catch {
    return false;
  }
}
