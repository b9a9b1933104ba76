// The frame of programs with one invocation per result.

export const DRAWING_WORKGROUP = 32;

/** An entry point that runs `body` for every `i` below the uniform `total`. */
export const forEach = (body: string) => `
@compute @workgroup_size(${DRAWING_WORKGROUP})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) count: vec3u,
  @builtin(local_invocation_index) local: u32) {
  let i = (group.x + group.y * count.x) * ${DRAWING_WORKGROUP}u + local;
  if (i >= u.total) { return; }
  ${body}
}`;
