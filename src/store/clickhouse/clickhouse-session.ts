import { type ClickHouseClient, ClickHouseError, ClickHouseLogLevel, createClient } from "@clickhouse/client";
import { StoreError } from "../store.ts";

export interface ClickHousePlace {
  url: string;
  database: string;
  user: string | null;
  password: string | null;
}

const MAX_READ_SECONDS = 60;
const REQUEST_MS = 120_000;

/** Statements to one database, with the settings that matter, and errors as StoreError. */
export class ClickHouseSession {
  readonly #client: ClickHouseClient;
  readonly #place: ClickHousePlace;

  constructor(place: ClickHousePlace, { inDatabase = true }: { inDatabase?: boolean } = {}) {
    this.#place = place;
    this.#client = createClient({
      url: place.url,
      ...(inDatabase ? { database: place.database } : {}),
      ...(place.user === null ? {} : { username: place.user }),
      ...(place.password === null ? {} : { password: place.password }),
      application: "gopatrol",
      // What goes wrong is thrown; its own warnings would land in the patrol's output.
      log: { level: ClickHouseLogLevel.OFF },
      request_timeout: REQUEST_MS,
      compression: { request: true, response: true },
      clickhouse_settings: {
        // Batches are ours; the server's own gathering would only delay them.
        async_insert: 0,
        max_execution_time: MAX_READ_SECONDS,
        // Times fit a double; hashes are asked for as text.
        output_format_json_quote_64bit_integers: 0,
        // Rows of one key are in one partition, because its time is part of the key.
        do_not_merge_across_partitions_select_final: 1,
        max_partitions_per_insert_block: "0",
      },
    });
  }

  command(sql: string, parameters: Record<string, unknown> = {}): Promise<void> {
    return this.#attempt(async () => {
      await this.#client.command({ query: sql, query_params: parameters });
    });
  }

  insert(table: string, values: readonly object[]): Promise<void> {
    if (values.length === 0) return Promise.resolve();
    return this.#attempt(async () => {
      await this.#client.insert({ table, values, format: "JSONEachRow" });
    });
  }

  select<Row>(sql: string, parameters: Record<string, unknown> = {}): Promise<Row[]> {
    return this.#attempt(async () => {
      const result = await this.#client.query({
        query: sql,
        query_params: parameters,
        format: "JSONEachRow",
      });
      return await result.json<Row>();
    });
  }

  /** In blocks as they come, for what does not fit into memory. */
  async *stream<Row>(sql: string): AsyncGenerator<Row[]> {
    const result = await this.#attempt(() =>
      this.#client.query({
        query: sql,
        format: "JSONEachRow",
        clickhouse_settings: { max_execution_time: 0 },
      }),
    );
    for await (const rows of result.stream<Row>()) yield rows.map((row) => row.json());
  }

  async close(): Promise<void> {
    await this.#client.close();
  }

  async #attempt<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw this.#toStoreError(error as Error);
    }
  }

  #toStoreError(error: Error): StoreError {
    const where = `ClickHouse at ${this.#place.url}`;
    if (!(error instanceof ClickHouseError)) {
      return new StoreError(
        "unreachable",
        `${where}: ${error.message}`,
        "Check store.clickhouse.url and the server",
        {
          cause: error,
        },
      );
    }
    const message = `${where}: ${error.message.split("\n")[0]}`;
    // Names of ClickHouse's error codes: src/Common/ErrorCodes.cpp
    const [code, hint] =
      error.code === "516" || error.code === "497"
        ? (["refused", "Check store.clickhouse.user, its password and its grants"] as const)
        : error.code === "243"
          ? (["disk-full", "Make room on the server's disk"] as const)
          : error.code === "81"
            ? (["missing", "Let the user create the database, or create it"] as const)
            : ([
                "failed",
                `Look up error ${error.code} (${error.type ?? ""}) in ClickHouse's documentation`,
              ] as const);
    return new StoreError(code, message, hint, { cause: error });
  }
}
