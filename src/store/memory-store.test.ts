import { describeStore } from "../../test/contracts/store.ts";
import { MemoryStore } from "./memory-store.ts";

describeStore({
  name: "memory",
  histories: 20,
  create: async (retention) => ({
    open: async () => new MemoryStore(retention),
    keeps: false,
    remove: async () => {},
  }),
});
