import { CaptureTable } from "./capture-table.ts";
import type { Databases } from "./databases.ts";
import { MetricTable } from "./metric-table.ts";
import { ProfileTable } from "./profile-table.ts";
import { RecordTables } from "./record-tables.ts";
import { RunTable } from "./run-table.ts";
import { TargetTable } from "./target-table.ts";

/** All tables of both files. */
export class Tables {
  readonly targets: TargetTable;
  readonly metrics: MetricTable;
  readonly profiles: ProfileTable;
  readonly runs: RunTable;
  readonly captures: CaptureTable;
  readonly records: RecordTables;

  constructor(databases: Databases) {
    this.targets = new TargetTable(databases.history);
    this.metrics = new MetricTable(databases.history, this.targets);
    this.profiles = new ProfileTable(databases.history, this.targets);
    this.runs = new RunTable(databases.history, this.targets);
    this.captures = new CaptureTable(databases.history, this.targets);
    this.records = new RecordTables(databases.records);
  }

  /** After a rollback: what is remembered of the tables may not be in them. */
  forget(): void {
    this.targets.forget();
    this.metrics.forget();
    this.profiles.forget();
  }
}
