import type { BehaviourStatements } from "./statements/behaviour.ts";
import type { DataStatements } from "./statements/data.ts";
import type { GcStatements } from "./statements/gc.ts";
import type { GoroutineStatements } from "./statements/goroutine.ts";
import type { HeapStatements } from "./statements/heap.ts";
import type { ResourceStatements } from "./statements/resource.ts";
import type { RssStatements } from "./statements/rss.ts";
import type { SystemStatements } from "./statements/system.ts";
import type { TrendStatements } from "./statements/trend.ts";
import type { VerdictStatements } from "./statements/verdict.ts";

/**
 * Every sentence that gopatrol can say about a target, with the values that go into it. Facts live here, one file a
 * family; the wording of each, per language, in report/messages/. A new statement without a wording does not compile.
 */
export interface StatementValues
  extends BehaviourStatements,
    DataStatements,
    GoroutineStatements,
    GcStatements,
    HeapStatements,
    ResourceStatements,
    RssStatements,
    SystemStatements,
    TrendStatements,
    VerdictStatements {}

export type StatementId = keyof StatementValues;

export type Statement = { [Id in StatementId]: { id: Id; values: StatementValues[Id] } }[StatementId];

export function statement<Id extends StatementId>(id: Id, values: StatementValues[Id]): Statement {
  return { id, values } as Statement;
}
