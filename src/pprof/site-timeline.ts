import { countNodes } from "./count-samples.ts";
import type { Report } from "./report.ts";
import { buildNodes } from "./trimmed-graph.ts";

/** One place of the program over several profiles. */
export interface SiteSeries {
  name: string;
  /** A value a profile, in their order; 0 where it is not there. */
  values: number[];
}

/**
 * Sums the places of several profiles one after the other, so that one of them is in memory at a time.
 * `by` says whether a place has its own value or that of all below it.
 */
export class SiteTimeline {
  readonly #by: "flat" | "cum";
  readonly #series = new Map<string, number[]>();
  #profiles = 0;

  constructor(by: "flat" | "cum") {
    this.#by = by;
  }

  add(report: Report): void {
    const nodes = buildNodes(report);
    const column = countNodes(report.profile, nodes, report.values)[this.#by];
    for (let node = 0; node < column.length; node++) {
      const value = column[node]!;
      if (value === 0) continue;
      const name = nodes.printableName(node);
      let values = this.#series.get(name);
      if (values === undefined) {
        values = [];
        this.#series.set(name, values);
      }
      while (values.length < this.#profiles) values.push(0);
      // Two nodes may print the same name.
      values[this.#profiles] = (values[this.#profiles] ?? 0) + value;
    }
    this.#profiles++;
  }

  /** The series that rose most from the first profile to the last, or those that are largest; the most first. */
  build(order: "growth" | "size", most: number): SiteSeries[] {
    const all = [...this.#series].map(([name, values]): SiteSeries => {
      while (values.length < this.#profiles) values.push(0);
      return { name, values };
    });
    const score = ({ values }: SiteSeries): number =>
      order === "size" ? Math.max(...values.map(Math.abs)) : values.at(-1)! - values[0]!;
    return all.sort((a, b) => score(b) - score(a) || (a.name < b.name ? -1 : 1)).slice(0, most);
  }

  get sites(): number {
    return this.#series.size;
  }
}
