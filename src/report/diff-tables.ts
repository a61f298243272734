import type { DiffRow, DiffView } from "./diff-view.ts";

/** One section of a diff as a table: headings of `DiffRow.cells`, then of the name. */
export interface DiffTable {
  id: string;
  title: string;
  headings: string[];
  nameHeading: string;
  /** How many of the headings, from the first, are of numbers. */
  numbers: number;
  rows: DiffRow[];
}

/** The tables of a diff in reading order, empty ones left out. */
export function listDiffTables({ labels, ...view }: DiffView): DiffTable[] {
  const { column, section } = labels;
  const ofSites = [
    column.growth,
    column.before,
    column.after,
    column.allocated,
    column.ratio,
    column.survivors,
    column.each,
    column.course,
  ];
  const ofParts = [column.growth, column.cumulative, column.before, column.after, column.allocated];
  const ofGroups = [column.growth, column.before, column.after, column.state, column.course];
  const tables: DiffTable[] = [
    {
      id: "sites",
      title: section.sites,
      headings: ofSites,
      numbers: 7,
      nameHeading: column.place,
      rows: view.sites,
    },
    {
      id: "shrunk",
      title: section.shrunk,
      headings: ofSites,
      numbers: 7,
      nameHeading: column.place,
      rows: view.shrunk,
    },
    {
      id: "packages",
      title: section.packages,
      headings: ofParts,
      numbers: 5,
      nameHeading: column.name,
      rows: view.packages,
    },
    {
      id: "modules",
      title: section.modules,
      headings: ofParts,
      numbers: 5,
      nameHeading: column.name,
      rows: view.modules,
    },
    {
      id: "groups",
      title: section.goroutines,
      headings: ofGroups,
      numbers: 3,
      nameHeading: column.place,
      rows: view.groups,
    },
  ];
  return tables.filter(({ rows }) => rows.length > 0);
}
