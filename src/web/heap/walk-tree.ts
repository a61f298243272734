// Runs in the page about a heap as its own source text (see page-script.ts): imports are of types only.
import type * as layout from "../../report/flame-layout.ts";
import type { HeapPageData } from "../../report/heap/page-data.ts";

declare const fillIn: typeof layout.fillIn;

/** A tree that can be walked, one column per field; row 0 is the whole. Children are largest first. */
export interface WalkTree {
  parent: number[];
  name: string[];
  type: string[];
  own: number[];
  weight: number[];
  count: number[];
  /** 0: none. */
  address: number[];
  /** Rows that stand for many objects. */
  folded: boolean[];
  children: number[][];
}

export function sortChildren(tree: WalkTree): WalkTree {
  for (let row = 1; row < tree.parent.length; row++) tree.children[tree.parent[row]!]!.push(row);
  for (const children of tree.children) children.sort((a, b) => tree.weight[b]! - tree.weight[a]!);
  return tree;
}

/** Who keeps what. */
export function buildKeeperTree({ labels, strings, tree }: HeapPageData): WalkTree {
  const types = tree.type.map((index) => strings[index]!);
  const name = tree.label.map((index, row) => {
    const label = strings[index]!;
    const count = tree.count[row]!.toLocaleString("en");
    const typeName = types[row] || labels.unknownType;
    switch (tree.kind[row]) {
      case 1:
        return fillIn(labels.shared, { name: label || typeName });
      case 2:
        return fillIn(labels.folded, { count, type: typeName });
      case 3:
        return fillIn(labels.chain, { count, type: typeName });
      case 4:
        return fillIn(labels.rest, { count });
      case 5:
        return fillIn(labels.within, { count, type: typeName });
      default:
        return row === 0 ? labels.whole : label.trim() || typeName;
    }
  });
  return sortChildren({
    parent: tree.parent,
    name,
    type: types.map((type, row) => (tree.kind[row] === 5 ? "" : type)),
    own: tree.own,
    weight: tree.retained,
    count: tree.count,
    address: tree.address,
    folded: tree.kind.map((kind) => kind > 1 && kind < 5),
    children: tree.parent.map(() => []),
  });
}

/** Packages, and their types below them. */
export function buildTypeTree({ labels, strings, types }: HeapPageData): WalkTree {
  const tree: WalkTree = {
    parent: [],
    name: [],
    type: [],
    own: [],
    weight: [],
    count: [],
    address: [],
    folded: [],
    children: [],
  };
  const add = (parent: number, name: string) => {
    tree.parent.push(parent);
    tree.name.push(name);
    tree.type.push("");
    tree.own.push(0);
    tree.weight.push(0);
    tree.count.push(0);
    tree.address.push(0);
    tree.folded.push(false);
    tree.children.push([]);
    return tree.parent.length - 1;
  };
  add(-1, labels.whole);
  const packages = new Map<number, number>();
  for (let i = 0; i < types.name.length; i++) {
    let above = packages.get(types.package[i]!);
    if (above === undefined) {
      above = add(0, strings[types.package[i]!]!);
      packages.set(types.package[i]!, above);
    }
    const row = add(above, strings[types.name[i]!]!);
    for (const each of [row, above, 0]) {
      tree.weight[each]! += types.bytes[i]!;
      tree.count[each]! += types.objects[i]!;
    }
    tree.own[row] = types.bytes[i]!;
  }
  return sortChildren(tree);
}

/** How Go code leads to a row: the names above it, put together. */
export function walkPath(tree: WalkTree, row: number): string {
  let path = "";
  for (let at = row; at > 0; at = tree.parent[at]!) {
    const name = tree.name[at]!;
    path = (/^[.[→]/.test(path) || path === "" ? "" : " › ") + path;
    path = name + path;
  }
  return path;
}
