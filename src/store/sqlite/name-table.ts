import type { DatabaseSync, StatementSync } from "node:sqlite";

/** Names of metrics, and lists of them as rows have them, by number. */
export class NameTable {
  readonly #numbers = new Map<string, number>();
  readonly #names = new Map<number, string>();
  readonly #listNumbers = new Map<string, number>();
  readonly #lists = new Map<number, readonly number[]>();
  readonly #findName: StatementSync;
  readonly #insertName: StatementSync;
  readonly #nameOf: StatementSync;
  readonly #findList: StatementSync;
  readonly #insertList: StatementSync;
  readonly #listOf: StatementSync;

  constructor(database: DatabaseSync) {
    this.#findName = database.prepare("SELECT number FROM names WHERE name = ?");
    this.#insertName = database.prepare("INSERT INTO names (name) VALUES (?) RETURNING number");
    this.#nameOf = database.prepare("SELECT name FROM names WHERE number = ?");
    this.#findList = database.prepare("SELECT number FROM name_lists WHERE names = ?");
    this.#insertList = database.prepare("INSERT INTO name_lists (names) VALUES (?) RETURNING number");
    this.#listOf = database.prepare("SELECT names FROM name_lists WHERE number = ?");
  }

  forget(): void {
    for (const known of [this.#numbers, this.#names, this.#listNumbers, this.#lists]) known.clear();
  }

  find(name: string): number | undefined {
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    const row = this.#findName.get(name) as { number: number } | undefined;
    if (row !== undefined) this.#numbers.set(name, row.number);
    return row?.number;
  }

  name(number: number): string {
    let name = this.#names.get(number);
    if (name === undefined) {
      name = (this.#nameOf.get(number) as { name: string } | undefined)?.name ?? `unknown metric ${number}`;
      this.#names.set(number, name);
    }
    return name;
  }

  /** Of a list that may be new. */
  listNumber(names: readonly string[]): number {
    const key = names.join("\n");
    const known = this.#listNumbers.get(key);
    if (known !== undefined) return known;
    const text = JSON.stringify(names.map((name) => this.find(name) ?? this.#add(name)));
    const row = (this.#findList.get(text) ?? this.#insertList.get(text)) as { number: number };
    this.#listNumbers.set(key, row.number);
    return row.number;
  }

  list(number: number): readonly number[] {
    let list = this.#lists.get(number);
    if (list === undefined) {
      const row = this.#listOf.get(number) as { names: string } | undefined;
      list = row === undefined ? [] : (JSON.parse(row.names) as number[]);
      this.#lists.set(number, list);
    }
    return list;
  }

  #add(name: string): number {
    const { number } = this.#insertName.get(name) as { number: number };
    this.#numbers.set(name, number);
    return number;
  }
}
