/** What `go tool pprof -raw` prints of a profile, parsed as far as decoders are compared with it. */
export interface RawProfile {
  period: number;
  /** "alloc_objects/count" … */
  sampleTypes: string[];
  samples: { values: number[]; locations: number[]; bytesLabel: number }[];
  /** By id. */
  locations: Map<number, { address: bigint /** "function file:line", innermost first. */; lines: string[] }>;
}

export function parseRawProfile(text: string): RawProfile {
  const raw: RawProfile = { period: 0, sampleTypes: [], samples: [], locations: new Map() };
  let isLocations = false;
  let lines: string[] = [];
  for (const line of text.split("\n")) {
    const sample = /^ *([-\d ]+): ([\d ]*)$/.exec(line);
    const location = /^ *(\d+): 0x([0-9a-f]+)(?: M=\d+)? (.*)$/.exec(line);
    if (line === "Locations") isLocations = true;
    else if (isLocations && location !== null) {
      lines = [];
      raw.locations.set(Number(location[1]), { address: BigInt(`0x${location[2]}`), lines });
      pushLine(lines, location[3]!);
    } else if (isLocations) pushLine(lines, line.trim());
    else if (line.startsWith("Period: ")) raw.period = Number(line.slice(8));
    else if (/^\w+\/\w+ /.test(line)) raw.sampleTypes = line.trim().split(" ");
    else if (sample !== null) {
      const [, values, locations] = sample;
      raw.samples.push({ values: numbers(values!), locations: numbers(locations!), bytesLabel: 0 });
    } else if (line.includes("bytes:[")) {
      raw.samples.at(-1)!.bytesLabel = Number(/bytes:\[(-?\d+)\]/.exec(line)![1]);
    }
  }
  return raw;
}

function pushLine(lines: string[], text: string): void {
  const line = /^(\S+ \S+:\d+):\d+ s=-?\d+/.exec(text);
  if (line !== null) lines.push(line[1]!);
}

function numbers(text: string): number[] {
  return text.split(" ").flatMap((word) => (word === "" ? [] : [Number(word)]));
}
