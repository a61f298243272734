import type { Statement, StatementId } from "../../src/findings/statement.ts";

/**
 * A value that a wording may take for whatever it wants: a quantity, a place in the code or a name. So every wording
 * can be tried without a table of values beside the types.
 */
function anyValue(value: number): unknown {
  return Object.assign(new String("Store.entries"), {
    value,
    unit: "count",
    function: "example.com/shop/cart.(*Store).Put",
    file: "/src/cart/store.go",
    line: 42,
  });
}

/** Values for the wording of any statement; numbers are `value`, names are Store.entries. */
export function anyValues(value: number): never {
  return new Proxy({}, { get: () => anyValue(value) }) as never;
}

/** A statement of each id, without a word of what it is about. */
export function anyStatement(id: string): Statement {
  return { id: id as StatementId, values: anyValues(7) } as Statement;
}
