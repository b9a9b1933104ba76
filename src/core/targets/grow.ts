// Grows the shape of a trie from token paths; what the nodes mean is added by the callers.

/** The shape of a trie, and where each path runs through it. Arrays as in `Trie`. */
export interface Growth {
  readonly nodeCount: number;
  readonly parent: Int32Array;
  readonly token: Int32Array;
  readonly depth: Int32Array;
  readonly edgeStart: Int32Array;
  readonly edgeToken: Int32Array;
  /** -1 where no path continues. */
  readonly edgeChild: Int32Array;
  /** [all tokens] the edge that each step of each path takes, aligned with `tokens`. */
  readonly stepEdge: Int32Array;
}

/** Token id -> edge of the node being grouped; all -1 between nodes. Kept, so that a large vocabulary costs nothing. */
let edgeOfToken = new Int32Array(0);

/**
 * Path i is `tokens[starts[i] .. starts[i + 1]]`, at least one token long. Nodes are the proper
 * prefixes, depth first, children by first appearance. Time and memory are linear in the tokens:
 * the paths of a node are grouped by their next token with a stable counting sort.
 */
export function growTrie(tokens: Int32Array, starts: Int32Array): Growth {
  const pathCount = starts.length - 1;
  const most = tokens.length - pathCount + 1; // nodes, if no path shared anything but the root
  const parent = new Int32Array(most);
  const token = new Int32Array(most);
  const depth = new Int32Array(most);
  const edgeStart = new Int32Array(most + 1);
  const edgeToken = new Int32Array(tokens.length);
  const edgeChild = new Int32Array(tokens.length);
  const stepEdge = new Int32Array(tokens.length);
  const order = new Int32Array(pathCount);
  const scratch = new Int32Array(pathCount);
  /** [edges] paths that go on through the edge, then the next free place among them. */
  const through = new Int32Array(tokens.length);
  let nodeCount = 0;
  let edgeCount = 0;

  let highest = 0;
  for (const id of tokens) if (id > highest) highest = id;
  if (edgeOfToken.length <= highest) edgeOfToken = new Int32Array(highest + 1).fill(-1);
  for (let i = 0; i < pathCount; i++) order[i] = i;

  // Nodes still to be added, the next one last: the paths `order[low .. high]`, which agree on their
  // first `depth` tokens, below the node `from` by its edge `edge`. No recursion, so tries may be deep.
  const waiting = [{ from: -1, edge: -1, depth: 0, low: 0, high: pathCount }];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { low, high } = next;
    let { from, edge: by, depth: d } = next;
    for (;;) {
      const node = nodeCount++;
      parent[node] = from;
      token[node] = by < 0 ? -1 : edgeToken[by]!;
      depth[node] = d;
      if (by >= 0) edgeChild[by] = node;
      const first = edgeCount;
      edgeStart[node] = first;
      if (high - low === 1) {
        // A path of its own from here on, like most of every trie: nothing to group.
        const path = order[low]!;
        const step = starts[path]! + d;
        edgeToken[first] = tokens[step]!;
        edgeChild[first] = -1;
        stepEdge[step] = edgeCount++;
        if (step + 1 === starts[path + 1]) break;
        [from, by] = [node, first];
        d++;
        continue;
      }
      for (let i = low; i < high; i++) {
        const path = order[i]!;
        const step = starts[path]! + d;
        const id = tokens[step]!;
        let edge = edgeOfToken[id]!;
        if (edge < 0) {
          edge = edgeCount++;
          edgeOfToken[id] = edge;
          edgeToken[edge] = id;
          edgeChild[edge] = -1;
        }
        stepEdge[step] = edge;
        if (step + 1 < starts[path + 1]!) through[edge]!++;
      }
      for (let edge = first; edge < edgeCount; edge++) edgeOfToken[edgeToken[edge]!] = -1;

      if (edgeCount === first + 1 && through[first] === high - low) {
        [from, by] = [node, first]; // one way on for all
        d++;
        continue;
      }
      let place = low;
      for (let edge = first; edge < edgeCount; edge++) {
        const size = through[edge]!;
        through[edge] = place;
        place += size;
      }
      if (place === low) break; // every path ends here
      for (let i = low; i < high; i++) {
        const path = order[i]!;
        const step = starts[path]! + d;
        if (step + 1 < starts[path + 1]!) scratch[through[stepEdge[step]!]!++] = path;
      }
      order.set(scratch.subarray(low, place), low);
      for (let edge = edgeCount - 1; edge >= first; edge--) {
        const begin = edge === first ? low : through[edge - 1]!;
        const end = through[edge]!;
        if (end > begin) waiting.push({ from: node, edge, depth: d + 1, low: begin, high: end });
      }
      break;
    }
  }
  edgeStart[nodeCount] = edgeCount;

  return {
    nodeCount,
    parent: parent.slice(0, nodeCount),
    token: token.slice(0, nodeCount),
    depth: depth.slice(0, nodeCount),
    edgeStart: edgeStart.slice(0, nodeCount + 1),
    edgeToken: edgeToken.slice(0, edgeCount),
    edgeChild: edgeChild.slice(0, edgeCount),
    stepEdge,
  };
}

/** Puts paths one behind the other, as `growTrie` wants them, each followed by `last` if given. */
export function flattenPaths(
  paths: readonly ArrayLike<number>[],
  last?: number,
): { tokens: Int32Array; starts: Int32Array } {
  const extra = last === undefined ? 0 : 1;
  const starts = new Int32Array(paths.length + 1);
  for (let i = 0; i < paths.length; i++) starts[i + 1] = starts[i]! + paths[i]!.length + extra;
  const tokens = new Int32Array(starts[paths.length]!);
  for (let i = 0; i < paths.length; i++) {
    const path = paths[i]!;
    const start = starts[i]!;
    for (let step = 0; step < path.length; step++) tokens[start + step] = path[step]!;
    if (last !== undefined) tokens[start + path.length] = last;
  }
  return { tokens, starts };
}
