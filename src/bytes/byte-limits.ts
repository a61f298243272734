/**
 * Ceiling on what one compressed input may make us allocate. A heap profile of a very large service is about
 * 80 MB raw and net/http/pprof cuts goroutine dumps at 64 MB, so this leaves room and stops a gzip bomb early.
 */
export const MAX_INFLATED_BYTES = 512 * 1024 * 1024;

/** A member costs a decompressor, so a file of empty ones must not. The blocked gzip of bgzip makes one per 64 KiB. */
export const MAX_GZIP_MEMBERS = 20_000;

/**
 * Ceiling on the columns one input may make a decoder allocate: a message of two bytes can ask for forty. Real
 * profiles need about twice their inflated size.
 */
export const MAX_TABLE_BYTES = 1024 * 1024 * 1024;
