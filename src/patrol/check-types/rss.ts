import { z } from "zod";
import { parseHttpAddress, parsePidAddress } from "./address.ts";
import { defineCheckType } from "./define-check-type.ts";

const options = z.strictObject({
  mappings: z
    .boolean()
    .default(false)
    .describe("Also the mappings of the process (smaps), which cost the kernel time by their number"),
});

export const rssType = defineCheckType({
  kind: "rss",
  heavy: false,
  cost: "A few files of /proc; with `mappings = true` the kernel walks the process's page tables while its memory map is locked for reading.",
  options,
  metrics: {
    rss_bytes: { unit: "bytes", meaning: "resident set" },
    rss_anon_bytes: { unit: "bytes", meaning: "of it, anonymous memory" },
    rss_file_bytes: { unit: "bytes", meaning: "of it, pages of files" },
    rss_shmem_bytes: { unit: "bytes", meaning: "of it, shared memory" },
    rss_peak_bytes: { unit: "bytes", meaning: "the most it ever was" },
    swap_bytes: { unit: "bytes", meaning: "swapped out" },
    pss_bytes: {
      unit: "bytes",
      meaning: "resident set with shared pages divided among their users, with `mappings = true`",
    },
    virtual_bytes: { unit: "bytes", meaning: "address space" },
    threads: { unit: "count", meaning: "OS threads" },
    open_fds: { unit: "count", meaning: "open descriptors" },
    fd_share: { unit: "ratio", meaning: "open descriptors of those allowed" },
    memory_limit_bytes: { unit: "bytes", meaning: "the target's own setting, else its cgroup's limit" },
    memory_share: { unit: "ratio", meaning: "of the limit: the cgroup's working set, else the resident set" },
    cgroup_bytes: { unit: "bytes", meaning: "what the cgroup is charged for" },
    cgroup_working_set_bytes: {
      unit: "bytes",
      meaning: "the same without inactive file pages, as Kubernetes counts",
    },
    oom_kills: { unit: "count", meaning: "in the cgroup", counter: true },
    cpu_seconds: { unit: "seconds", meaning: "user and system time since the start", counter: true },
    rss_growth_bytes_per_second: { unit: "bytes/s", meaning: "since the previous check" },
    process_start_seconds: { unit: "timestamp", meaning: "when the process started, since 1970" },
    process_age_seconds: { unit: "seconds", meaning: "since the process started" },
    restarted: { unit: "flag", meaning: "whether it started anew since the previous check" },
  },
  problems: ["no-such-process", "not-permitted", "bad-address"],
  plan(target) {
    if (target.address.startsWith("pid:")) return [`read /proc/${parsePidAddress(target)}`];
    return [`read /proc of the process that listens at ${parseHttpAddress(target).host}, if it runs here`];
  },
});
