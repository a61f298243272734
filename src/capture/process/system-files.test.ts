import { expect, test } from "vitest";
import { findMemoryCgroup } from "./system-files.ts";

const V2_MOUNT = "29 22 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n";
const V1_MOUNTS = `31 30 0:27 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu
32 30 0:28 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
39 30 0:35 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
`;

test("v2: the process's own cgroup and all above it", () => {
  const path = "/kubepods.slice/pod7.slice/app.scope";
  expect(findMemoryCgroup(`0::${path}\n`, V2_MOUNT)).toEqual({
    version: 2,
    directories: [
      `/sys/fs/cgroup${path}`,
      "/sys/fs/cgroup/kubepods.slice/pod7.slice",
      "/sys/fs/cgroup/kubepods.slice",
      "/sys/fs/cgroup",
    ],
  });
});

test("v2 inside a container: its own cgroup is the root", () => {
  expect(findMemoryCgroup("0::/\n", V2_MOUNT)).toEqual({ version: 2, directories: ["/sys/fs/cgroup"] });
});

test("v1 with the controllers of v2 beside it: memory is where it is mounted", () => {
  expect(findMemoryCgroup("4:memory:/app/one\n0::/\n", V1_MOUNTS)).toEqual({
    version: 1,
    directories: ["/sys/fs/cgroup/memory/app/one", "/sys/fs/cgroup/memory/app", "/sys/fs/cgroup/memory"],
  });
});

test("v1 inside a container without a namespace: only its part of the tree is mounted", () => {
  const mounts =
    "32 30 0:28 /docker/5ef /sys/fs/cgroup/memory ro,relatime master:9 - cgroup cgroup rw,memory\n";
  expect(findMemoryCgroup("4:memory:/docker/5ef\n", mounts)).toEqual({
    version: 1,
    directories: ["/sys/fs/cgroup/memory"],
  });
});

test("v1's root limits nothing", () => {
  const mounts = "32 30 0:28 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory\n";
  expect(findMemoryCgroup("4:memory:/\n", mounts)).toBeUndefined();
});
