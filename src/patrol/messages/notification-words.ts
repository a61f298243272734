import type { Tier } from "../tier.ts";

/** What a message says besides the facts; one for each language. What is missing in a language does not compile. */
export interface NotificationWords {
  tier: Record<Tier, string>;
  firing: string;
  resolved: string;
  /** Heads of a message about several alerts. */
  counted(firing: number, resolved: number): string;
  reminder: string;
  since(time: string): string;
  lasted(from: string, duration: string): string;
  flapping(times: number): string;
  site: string;
  fix: string;
  growth: string;
  more(count: number): string;
  stillFiring(count: number): string;
  insteadOf(receiver: string): string;
  /** Name of the patrol and the time. */
  signed(patrol: string, time: string): string;
  why(target: string): string;
  colon: string;
  semicolon: string;
}
