// The frame of WGSL programs in which a team of invocations goes through one row of a matrix.
import { choose } from './choice.ts';
import { spread } from './gpu.ts';
import { onProcessor } from './tuning.ts';

/**
 * Where sums over a row need the work of many invocations, on GPUs, a workgroup shares a row through
 * workgroup memory. On a processor one invocation does it alone: barriers are dear there.
 */
export interface RowTeam {
  /** Invocations per row: 1, or a power of 2. */
  readonly size: number;
}

/** Rows per workgroup where invocations work alone. */
const ALONE = 16;

/** @param steps how many elements or vectors a row has */
export function rowTeam(steps: number): RowTeam {
  if (onProcessor()) return { size: 1 };
  return { size: choose(steps > 512 ? 256 : 64, [64, 256]) };
}

/** Workgroups for so many rows. */
export function teamGroups({ size }: RowTeam, rows: number): [number, number] {
  return spread(size === 1 ? Math.ceil(rows / ALONE) : rows);
}

/**
 * The entry point of a program with a uniform `rows`: `body` runs for each `row` with `lane` below
 * `team`, the number of invocations that share the row. Control flow around `teamSum(x)` and
 * `teamMax(x)`, which every one of them calls, must be the same for all; `teamBarrier()` makes what
 * they wrote to storage visible to each other.
 */
export function teamProgram({ size }: RowTeam, body: string, functions = ''): string {
  return `
const team = ${size}u;
${size === 1 ? ALONE_FUNCTIONS : sharedFunctions(size)}
${functions}
@compute @workgroup_size(${size === 1 ? ALONE : size})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) count: vec3u,
  @builtin(local_invocation_index) local: u32) {
  let index = group.x + group.y * count.x;
  ${
    size === 1
      ? `let row = index * ${ALONE}u + local; let lane = 0u;`
      : 'let row = index; let lane = local; mine = lane;'
  }
  if (row >= u.rows) { return; }
  ${body}
}`;
}

const ALONE_FUNCTIONS = `
fn teamSum(x: f32) -> f32 { return x; }
fn teamMax(x: f32) -> f32 { return x; }
fn teamBarrier() {}`;

function sharedFunctions(size: number): string {
  const reduce = (name: string, combine: (a: string, b: string) => string) => `
fn ${name}(x: f32) -> f32 {
  held[mine] = x;
  workgroupBarrier();
  for (var span = ${size / 2}u; span > 0u; span /= 2u) {
    if (mine < span) {
      held[mine] = ${combine('held[mine]', 'held[mine + span]')};
    }
    workgroupBarrier();
  }
  let result = held[0];
  workgroupBarrier();
  return result;
}`;
  return `
var<workgroup> held: array<f32, ${size}>;
var<private> mine: u32;
${reduce('teamSum', (a, b) => `${a} + ${b}`)}
${reduce('teamMax', (a, b) => `max(${a}, ${b})`)}
fn teamBarrier() { storageBarrier(); }`;
}

/** How a row-major f32 matrix is bound: by vectors of four where its rows begin at multiples of 4. */
export interface RowVectors {
  /** Type of an element. */
  readonly type: 'vec4f' | 'f32';
  /** Type of the binding. */
  readonly array: string;
  /** Columns per element. */
  readonly columns: 4 | 1;
  /** WGSL that adds up an element, and its largest entry. */
  readonly total: (value: string) => string;
  readonly largest: (value: string) => string;
}

export function rowVectors(columns: number): RowVectors {
  if (columns % 4 !== 0) {
    const same = (value: string) => value;
    return { type: 'f32', array: 'array<f32>', columns: 1, total: same, largest: same };
  }
  return {
    type: 'vec4f',
    array: 'array<vec4f>',
    columns: 4,
    total: (value) => `dot(${value}, vec4f(1.0))`,
    largest: (value) => `max(max(${value}.x, ${value}.y), max(${value}.z, ${value}.w))`,
  };
}
