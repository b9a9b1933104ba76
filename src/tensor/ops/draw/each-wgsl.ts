// The frame of programs with one invocation per result.

export const WORKGROUP = 32;

/** An entry point that runs `body` for every `i` below the uniform `total`. */
export const each = (body: string) => `
@compute @workgroup_size(${WORKGROUP})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) count: vec3u,
  @builtin(local_invocation_index) local: u32) {
  let i = (group.x + group.y * count.x) * ${WORKGROUP}u + local;
  if (i >= u.total) { return; }
  ${body}
}`;
