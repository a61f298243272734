import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const FOLDER = join(import.meta.dirname, "../../fixtures/text");

const MEMORY_MAP = `
--- Memory map: ---
build=/opt/shop
  00400000-00fcb000: $build/server
  7f5b5c000000-7f5b5c021000: /lib/x86_64-linux-gnu/libc-2.23.so (@b000)
`;

const CPP_HEAP = `heap profile: 12: 4096 [ 40: 9000] @ heap_v2/524288
  5: 2048 [ 20: 5000] @ 0x401a20 0x402b10 0x7f5b5c001230
  4: 1024 [ 10: 2000] @ 0x401a20 0x403c00
 -1: -64 [ 2: 128] @ 0x404444
  3: 1024 [ 10: 2000] @ 0x0000000000405001

MAPPED_LIBRARIES:
00400000-00fcb000 r-xp 00000000 fe:01 9437187 /opt/shop/server
00fcb000-00fd0000 rw-p 00bcb000 fe:01 9437187 /opt/shop/server
7f5b5c000000-7f5b5c021000 r-xp 00010000 fe:01 9437188 /lib/x86_64-linux-gnu/libc-2.23.so
7f5b5c021000-7f5b5c030000 r-xp 00031000 fe:01 9437188 /lib/x86_64-linux-gnu/libc-2.23.so
`;

const CPP_HEAP_SAMPLED = `heap profile: 3: 3000 [ 3: 3000] @ heapprofile
  2: 2000 [ 2: 2000] @ 0x401a20 0x402b10
  1: 1000 [ 1: 1000] @ 0x403c00
${MEMORY_MAP}`;

const GROWTH = `heap profile: 3: 1048576 [ 3: 1048576] @ growthz
  1: 524288 [ 1: 524288] @ 0x401a20 0x402b10
  2: 524288 [ 2: 524288] @ 0x403c00 0x402b10
${MEMORY_MAP}`;

const MUTEX = `--- mutex:
cycles/second=2000000000
sampling period=5
400 2 @ 0x4010 0x5021 0x6032
#	0x400f	sync.(*Mutex).Unlock+0xf	/usr/local/go/src/sync/mutex.go:190
#	0x5020	main.work+0x20	/build/shop/main.go:12

9000000123 17 @ 0x4010 0x7043
`;

const BLOCK = `--- contention:
cycles/second=2893381561
123456789 1 @ 0x4010 0x5021
77 3 @ 0x4010 0x5021 0x8054
`;

const CONTENTIONZ = `--- contentionz 1 ---
cycles/second = 3201000000
sampling period = 100
ms since reset = 16502830
discarded samples = 0
  19490304 27 @ 0xbccc97 0xc61202 0x42ed5f
   768 1 @ 0xbccc97 0xa42dc7 0xa456e4
  5760 2 @ 0xbccc97 0xb82b73 0xb82bcb
${MEMORY_MAP}`;

const GOROUTINES = `goroutine profile: total 9
7 @ 0x43a2f6 0x406acc 0x4066d8 0x6a1f25 0x46bd01
# labels: {"tenant":"acme"}
#	0x6a1f24	main.wait+0x44	/build/shop/main.go:40

2 @ 0x43a2f6 0x46bd01
`;

const THREADCREATE = `# a comment first
threadcreate profile: total 12
11 @ 0x43a2f6 0x46bd01
1 @ 0x43a2f7
`;

/** Profiles of the time before profile.proto: those that Go programs of the fixtures printed, and made-up ones. */
export const TEXT_PROFILES: readonly [name: string, text: string][] = [
  ["cpp-heap", CPP_HEAP],
  ["cpp-heap-whole", CPP_HEAP_SAMPLED],
  ["growth", GROWTH],
  ["mutex", MUTEX],
  ["block", BLOCK],
  ["contentionz", CONTENTIONZ],
  ["goroutines", GOROUTINES],
  ["threadcreate", THREADCREATE],
  ...listRecorded(),
];

function listRecorded(): [name: string, text: string][] {
  return readdirSync(FOLDER, { recursive: true, encoding: "utf8" })
    .filter((path) => /^go[\d.]+\/(heap|allocs|goroutine|block|mutex)\.txt$/.test(path))
    .toSorted()
    .map((path) => [path.replace("/", "-").replace(".txt", ""), readFileSync(join(FOLDER, path), "utf8")]);
}
