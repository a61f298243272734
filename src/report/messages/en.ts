import { behaviour } from "./en/behaviour.ts";
import { data } from "./en/data.ts";
import { gc } from "./en/gc.ts";
import { goroutine } from "./en/goroutine.ts";
import { heap } from "./en/heap.ts";
import { resource } from "./en/resource.ts";
import { rss } from "./en/rss.ts";
import { system } from "./en/system.ts";
import { trend } from "./en/trend.ts";
import { verdict } from "./en/verdict.ts";
import type { Wording } from "./wording.ts";

/** English. Each sentence is plain text, complete, and carries its numbers with their units. */
export const en: Wording = {
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
