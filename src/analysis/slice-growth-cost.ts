/** Bytes of Go's size classes on 64-bit systems (internal/runtime/gc/sizeclasses.go, the same since Go 1.16). */
const SIZE_CLASSES = [
  8, 16, 24, 32, 48, 64, 80, 96, 112, 128, 144, 160, 176, 192, 208, 224, 240, 256, 288, 320, 352, 384, 416,
  448, 480, 512, 576, 640, 704, 768, 896, 1024, 1152, 1280, 1408, 1536, 1792, 2048, 2304, 2688, 3072, 3200,
  3456, 4096, 4864, 5376, 6144, 6528, 6784, 6912, 8192, 9472, 9728, 10240, 10880, 12288, 13568, 14336, 16384,
  18432, 19072, 20480, 21760, 24576, 27264, 28672, 32768,
] as const;
const PAGE_BYTES = 8192;
/** Since Go 1.22 objects with pointers above 512 bytes carry a header of 8 (runtime.minSizeForMallocHeader). */
const HEADER_BYTES = 8;
const LEAST_BYTES_WITH_HEADER = 512;
/** Up to this many elements append doubles (runtime.nextslicecap). */
const DOUBLING_THRESHOLD = 256;
const MOST_STEPS = 200;

/** What appending one by one costs, against one slice made with the final capacity. */
export interface SliceGrowthCost {
  /** Arrays allocated, the first among them. */
  allocations: number;
  copiedElements: number;
  copiedBytes: number;
  allocatedBytes: number;
  /** What make([]T, 0, n) allocates. */
  exactBytes: number;
  /** The arrays' capacities, ascending. */
  capacities: number[];
}

/**
 * Follows runtime.growslice as of Go 1.18 to 1.27: doubling below 256 elements, then (n + 3·256)/4 more, each rounded
 * up to a size class.
 */
export function predictSliceGrowth(
  elementBytes: number,
  length: number,
  { hasPointers }: { hasPointers: boolean },
): SliceGrowthCost {
  const cost: SliceGrowthCost = {
    allocations: 0,
    copiedElements: 0,
    copiedBytes: 0,
    allocatedBytes: 0,
    exactBytes: length <= 0 ? 0 : roundUpSize(length * elementBytes, hasPointers),
    capacities: [],
  };
  if (elementBytes <= 0) return cost;
  let capacity = 0;
  while (capacity < length && cost.allocations < MOST_STEPS) {
    const wanted = nextCapacity(capacity + 1, capacity);
    const bytes = roundUpSize(wanted * elementBytes, hasPointers);
    cost.copiedElements += capacity;
    capacity = Math.floor(bytes / elementBytes);
    cost.allocations++;
    cost.allocatedBytes += bytes;
    cost.capacities.push(capacity);
  }
  cost.copiedBytes = cost.copiedElements * elementBytes;
  return cost;
}

function nextCapacity(newLength: number, oldCapacity: number): number {
  if (newLength > 2 * oldCapacity) return newLength;
  if (oldCapacity < DOUBLING_THRESHOLD) return 2 * oldCapacity;
  return oldCapacity + Math.floor((oldCapacity + 3 * DOUBLING_THRESHOLD) / 4);
}

/** runtime.roundupsize: the size that an allocation of so many bytes takes, less its header. */
function roundUpSize(bytes: number, hasPointers: boolean): number {
  const header = hasPointers && bytes > LEAST_BYTES_WITH_HEADER ? HEADER_BYTES : 0;
  const needed = bytes + header;
  const fit = SIZE_CLASSES.find((size) => size >= needed);
  return fit === undefined ? Math.ceil(bytes / PAGE_BYTES) * PAGE_BYTES : fit - header;
}
