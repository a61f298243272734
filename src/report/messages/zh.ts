import type { Wording } from "./wording.ts";
import { behaviour } from "./zh/behaviour.ts";
import { data } from "./zh/data.ts";
import { gc } from "./zh/gc.ts";
import { goroutine } from "./zh/goroutine.ts";
import { heap } from "./zh/heap.ts";
import { resource } from "./zh/resource.ts";
import { rss } from "./zh/rss.ts";
import { system } from "./zh/system.ts";
import { trend } from "./zh/trend.ts";
import { verdict } from "./zh/verdict.ts";

/** Simplified Chinese; docs/i18n.md has the terms and the rules of punctuation. */
export const zh: Wording = {
  ...behaviour,
  ...data,
  ...goroutine,
  ...gc,
  ...heap,
  ...resource,
  ...rss,
  ...system,
  ...trend,
  ...verdict,
};
