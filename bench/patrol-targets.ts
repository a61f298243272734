/** Stands for ten thousand services: answers /metrics and small heap profiles on many loopback addresses. Told by argv. */
import { createServer } from "node:http";
import { recordedCapture, SERVICES } from "../test/support/recorded-service.ts";

const [port, addresses, suspectAddresses] = process.argv.slice(2).map(Number) as [number, number, number];
const profile = recordedCapture("heap", SERVICES.healthy(1));

function renderMetrics(goroutines: number): Buffer {
  const lines = [
    'go_info{version="go1.26.8"} 1',
    `go_goroutines ${goroutines}`,
    "go_memstats_heap_alloc_bytes 4.2e+07",
    "go_memstats_heap_inuse_bytes 4.6e+07",
    "go_memstats_heap_idle_bytes 1.1e+07",
    "go_memstats_heap_objects 310412",
    "go_memstats_next_gc_bytes 6.1e+07",
    "go_memstats_sys_bytes 8.8e+07",
    "go_memstats_stack_inuse_bytes 1.4e+06",
    "go_gc_duration_seconds_count 4211",
    "go_gc_duration_seconds_sum 1.07",
    "process_resident_memory_bytes 9.4e+07",
    "process_open_fds 48",
    "process_max_fds 65536",
    "process_cpu_seconds_total 912.1",
    "process_start_time_seconds 1.7956e+09",
  ];
  // What services export besides.
  for (let i = 0; i < 60; i++)
    lines.push(`http_requests_total{handler="/api/v1/item/${i}",code="200"} ${i * 991}`);
  return Buffer.from(`${lines.join("\n")}\n`);
}

const calm = renderMetrics(52);
const busy = renderMetrics(6000);

for (let i = 0; i < addresses; i++) {
  const metrics = i < suspectAddresses ? busy : calm;
  createServer((request, response) => {
    if (request.url?.startsWith("/metrics") === true) {
      response.setHeader("content-type", "text/plain; version=0.0.4");
      response.end(metrics);
    } else if (request.url?.startsWith("/debug/pprof/heap") === true) {
      response.setHeader("content-type", "application/octet-stream");
      response.end(profile);
    } else {
      response.statusCode = 404;
      response.end();
    }
  }).listen(port, `127.0.${1 + Math.floor(i / 250)}.${1 + (i % 250)}`);
}
process.stdout.write("ready\n");
