// Every function here also runs inside the page about a heap, as its own source text (see src/web/heap/page-script.ts):
// each uses nothing from outside itself but the other functions of the page.

/** A tree whose nodes have a weight; children are largest first, and together weigh no more than their parent. */
export interface WeighedTree {
  children: readonly (readonly number[])[];
  weight: readonly number[];
}

export interface TreemapBox {
  node: number;
  /** Below the node that is looked at. */
  depth: number;
  /** In pixels. */
  x: number;
  y: number;
  width: number;
  height: number;
  /** Room at the top for the box's own name, above its children; 0 if these are not drawn. */
  header: number;
}

/**
 * Boxes for what is below `root`, parents before their children, by the squarified treemap of Bruls, Huizing and van Wijk
 * (2000). What a node weighs itself stays free in its box. Boxes too small to be seen are left out.
 */
export function layoutTreemap(tree: WeighedTree, root: number, width: number, height: number): TreemapBox[] {
  const header = 19;
  const maxDepth = 3;
  const boxes: TreemapBox[] = [];
  const stack: TreemapBox[] = [{ node: root, depth: 0, x: 0, y: 0, width, height, header: 0 }];
  for (let box = stack.pop(); box !== undefined; box = stack.pop()) {
    const { node, depth } = box;
    if (depth > 0) boxes.push(box);
    // A variable, the map's header, its directory …: what holds nearly all of its parent would only take up room for frames.
    const holder = depth === 0 ? node : lastHolder(tree, node);
    const children = tree.children[holder]!;
    const inner = { x: box.x, y: box.y, width: box.width, height: box.height };
    if (depth > 0) {
      if (depth === maxDepth || children.length === 0 || box.width < 60 || box.height < 48) continue;
      box.header = header;
      inner.x += 2;
      inner.y += header;
      inner.width -= 4;
      inner.height -= header + 2;
    }
    // Children take the part of the room that is theirs by weight; the rest stays the box's own.
    const share = children.reduce((sum, child) => sum + tree.weight[child]!, 0) / tree.weight[node]!;
    if (!(share > 0)) continue;
    if (inner.width >= inner.height) inner.width *= Math.min(1, share);
    else inner.height *= Math.min(1, share);
    const placed = squarify(
      children.map((child) => tree.weight[child]!),
      inner,
    );
    for (let i = 0; i < placed.length; i++) {
      const place = placed[i]!;
      // Below that a box is all frame; those of the first level can be reached by the keys and stay.
      const least = depth === 0 ? 2 : 6;
      if (place.width < least || place.height < least) continue;
      stack.push({ node: children[i]!, depth: depth + 1, ...place, header: 0 });
    }
  }
  return boxes;
}

/** Down the tree from `node`, as long as one child holds nearly all and has children itself. */
export function lastHolder({ children, weight }: WeighedTree, node: number): number {
  let at = node;
  for (;;) {
    const first = children[at]![0];
    if (first === undefined || children[first]!.length === 0 || weight[first]! < 0.97 * weight[node]!)
      return at;
    at = first;
  }
}

/** Rectangles of the areas that `weights` want, largest first, as square as they get. Crumbs at the end may be missing. */
export function squarify(
  weights: readonly number[],
  room: { x: number; y: number; width: number; height: number },
): { x: number; y: number; width: number; height: number }[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const scale = total > 0 ? (room.width * room.height) / total : 0;
  const placed: { x: number; y: number; width: number; height: number }[] = [];
  let { x, y, width, height } = room;
  for (let first = 0; first < weights.length && width > 0 && height > 0; ) {
    const side = Math.min(width, height);
    let area = 0;
    let worst = Number.POSITIVE_INFINITY;
    let end = first;
    // A row grows as long as that makes its rectangles squarer.
    for (; end < weights.length; end++) {
      const next = area + weights[end]! * scale;
      if (!(next > 0)) break;
      const thickness = next / side;
      const longest = (weights[first]! * scale) / thickness;
      const shortest = (weights[end]! * scale) / thickness;
      const ratio = Math.max(
        longest / thickness,
        thickness / longest,
        thickness / shortest,
        shortest / thickness,
      );
      if (ratio > worst) break;
      worst = ratio;
      area = next;
    }
    if (end === first) break;
    const thickness = area / side;
    let along = 0;
    for (let i = first; i < end; i++) {
      const length = (weights[i]! * scale) / thickness;
      placed.push(
        width >= height
          ? { x, y: y + along, width: thickness, height: length }
          : { x: x + along, y, width: length, height: thickness },
      );
      along += length;
    }
    if (width >= height) {
      x += thickness;
      width -= thickness;
    } else {
      y += thickness;
      height -= thickness;
    }
    first = end;
  }
  return placed;
}
