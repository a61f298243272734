const NUMBER_AND_UNIT = /(\d) (?=(?:[kMGTP]?B|s|ms|µs|min|h|d|%)(?!\w))/g;

/** The space in "1.9 MB/s" as one that does not break: a number without its unit at a line's end reads as another one. */
export function glueUnits(text: string): string {
  return text.replace(NUMBER_AND_UNIT, "$1\u00a0");
}
