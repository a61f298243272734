/**
 * Ceiling on what one compressed input may make us allocate. A heap profile of a very large service is about
 * 80 MB raw and net/http/pprof cuts goroutine dumps at 64 MB, so this leaves room and stops a gzip bomb early.
 */
export const MAX_INFLATED_BYTES = 512 * 1024 * 1024;
