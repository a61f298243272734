import { describe, expect, it } from "vitest";
import { findCgroupMemory } from "./cgroup-memory.ts";
import { decodeProcSections } from "./decode.ts";
import { findMachineFacts } from "./machine-facts.ts";

const MIB = 2 ** 20;
const decode = (text: string) => decodeProcSections(new TextEncoder().encode(text)).sections;

/** As a pod of Kubernetes has it: the container's own limit, and a smaller one of the pod above it. */
const V2 = `==> /sys/fs/cgroup/kubepods/pod7/app/memory.current <==
272629760

==> /sys/fs/cgroup/kubepods/pod7/app/memory.max <==
max

==> /sys/fs/cgroup/kubepods/pod7/app/memory.high <==
max

==> /sys/fs/cgroup/kubepods/pod7/app/memory.stat <==
anon 209715200
file 41943040
kernel 20971520
kernel_stack 1048576
pagetables 2097152
sock 0
shmem 4194304
file_mapped 8388608
inactive_file 10485760
active_file 27262976

==> /sys/fs/cgroup/kubepods/pod7/app/memory.events <==
low 0
high 3
max 17
oom 1
oom_kill 1

==> /sys/fs/cgroup/kubepods/pod7/app/memory.pressure <==
some avg10=12.50 avg60=2.00 avg300=0.10 total=1234
full avg10=0.00 avg60=0.00 avg300=0.00 total=7

==> /sys/fs/cgroup/kubepods/pod7/memory.max <==
536870912

==> /sys/fs/cgroup/kubepods/memory.max <==
17179869184
`;

/** As this text was on a machine with version 1 beside an empty version 2 (shortened). */
const V1 = `==> /sys/fs/cgroup/memory/app/one/memory.usage_in_bytes <==
945872896

==> /sys/fs/cgroup/memory/app/one/memory.limit_in_bytes <==
9223372036854771712

==> /sys/fs/cgroup/memory/app/one/memory.kmem.usage_in_bytes <==
61878272

==> /sys/fs/cgroup/memory/app/one/memory.stat <==
cache 1
rss 2
inactive_file 3
hierarchical_memory_limit 2147483648
hierarchical_memsw_limit 9223372036854771712
total_cache 780062720
total_rss 103944192
total_rss_huge 0
total_shmem 0
total_inactive_file 363528192
total_active_file 416538624
`;

describe("memory of a cgroup", () => {
  it("version 2: the smallest limit counts, with whose it is", () => {
    expect(findCgroupMemory(decode(V2))).toEqual({
      version: 2,
      path: "/sys/fs/cgroup/kubepods/pod7/app",
      limit: 512 * MIB,
      limitPath: "/sys/fs/cgroup/kubepods/pod7",
      high: Number.POSITIVE_INFINITY,
      current: 260 * MIB,
      anon: 200 * MIB,
      file: 40 * MIB,
      kernel: 20 * MIB,
      kernelStack: MIB,
      pageTables: 2 * MIB,
      sock: 0,
      shmem: 4 * MIB,
      inactiveFile: 10 * MIB,
      activeFile: 26 * MIB,
      events: { high: 3, max: 17, oom: 1, oomKill: 1 },
      pressureSome10: 0.125,
    });
  });

  it("version 1: totals under the names of version 2, the limit above told by memory.stat", () => {
    expect(findCgroupMemory(decode(V1))).toMatchObject({
      version: 1,
      limit: 2048 * MIB,
      current: 945872896,
      kernel: 61878272,
      anon: 103944192,
      file: 780062720,
      inactiveFile: 363528192,
    });
  });

  it("is not there without its files", () => {
    expect(findCgroupMemory(decode("==> /proc/uptime <==\n1.0 2.0\n"))).toBeUndefined();
  });
});

it("finds the machine's facts and the executable", () => {
  const sections = decode(`==> /proc/77/exe <==
/srv/shop/app

==> /proc/uptime <==
2224.72 1277.00

==> /sys/kernel/mm/transparent_hugepage/enabled <==
always [madvise] never

==> /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_none <==
511

==> /proc/meminfo <==
MemTotal:       24682816 kB
`);
  expect(findMachineFacts(sections)).toEqual({
    exe: "/srv/shop/app",
    uptimeSeconds: 2224.72,
    memoryBytes: 24682816 * 1024,
    hugePages: { enabled: "madvise", maxPtesNone: 511 },
  });
});

it("reads every prefix without an exception of ours", () => {
  for (let length = 30; length < V2.length; length += 7) {
    const sections = decode(`==> /x <==\n${V2.slice(0, length)}`);
    findCgroupMemory(sections);
  }
});
