import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeStore } from "../../../test/contracts/store.ts";
import { SqliteStore } from "./sqlite-store.ts";

describeStore({
  name: "SQLite",
  histories: 4,
  create: async (retention) => {
    const dir = await mkdtemp(join(tmpdir(), "gopatrol-store-"));
    return {
      open: () => SqliteStore.open({ dir, readOnly: false, retention, lingerMs: 5 }),
      keeps: true,
      remove: () => rm(dir, { recursive: true, force: true }),
    };
  },
});
