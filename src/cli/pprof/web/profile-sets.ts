import { CaptureError } from "../../../capture/capture-error.ts";
import { PprofError } from "../../../pprof/pprof-error.ts";
import type { Profile } from "../../../tables/profile.ts";
import type { PprofCommand } from "../flags.ts";
import { joinSources, type OpenedSources } from "../sources.ts";

/** Profiles that are kept decoded: switching between two and their merger stays quick, memory bounded. */
const MOST_KEPT = 3;

/** What a page asks for: "all" sources merged or one of them by its number from 1; less the base (""), or one of them. */
export interface WantedProfile {
  profile: string;
  base: string;
}

/** The profiles of a web view, decoded when they are asked for and merged once. */
export class ProfileSets {
  readonly #sources: OpenedSources;
  readonly #command: PprofCommand;
  readonly #kept = new Map<string, Profile>();

  constructor(sources: OpenedSources, command: PprofCommand) {
    this.#sources = sources;
    this.#command = command;
  }

  /** What is shown first: of a bundle's samples the last, whose sum says nothing; of what else was named all. */
  get initial(): string {
    const { length } = this.names;
    return length > this.#command.sources.length ? String(length) : "all";
  }

  get names(): string[] {
    return this.#sources.own.names;
  }

  get hasOwnBase(): boolean {
    return this.#sources.base !== undefined;
  }

  hasBase({ base }: WantedProfile): boolean {
    return base !== "" || this.hasOwnBase;
  }

  /**
   * As reports of text show it: with `-base` what cancels out is gone.
   *
   * @throws PprofError for a number that no source has.
   */
  forReport(wanted: WantedProfile): Profile {
    return this.#get(wanted, wanted.base !== "" || this.#command.isDiffBase);
  }

  /** With both sides of a difference in it, the base's samples marked. @throws PprofError */
  forSides(wanted: WantedProfile): Profile {
    return this.#get(wanted, true);
  }

  /** Each source by itself, decoded one after the other and not kept; without those that cannot be read. */
  *each(): Generator<{ name: string; profile: Profile }> {
    for (const [at, name] of this.names.entries()) {
      const own = this.#sources.own.decode(at);
      if (own !== undefined) yield { name, profile: joinSources(() => own, undefined, this.#command, false) };
    }
  }

  #get(wanted: WantedProfile, isDiff: boolean): Profile {
    const own = wanted.profile === "all" ? () => this.#sources.own.combine() : this.#one(wanted.profile);
    const whole = this.#sources.base;
    const base = wanted.base === "" ? whole && (() => whole.combine()) : this.#one(wanted.base);
    const key = JSON.stringify([wanted, base !== undefined && isDiff]);
    const known = this.#kept.get(key);
    if (known !== undefined) {
      // The one used last is the last to go.
      this.#kept.delete(key);
      this.#kept.set(key, known);
      return known;
    }
    const profile = joinSources(own, base, this.#command, isDiff);
    this.#kept.set(key, profile);
    if (this.#kept.size > MOST_KEPT) this.#kept.delete(this.#kept.keys().next().value!);
    return profile;
  }

  #one(number: string): () => Profile {
    const { own } = this.#sources;
    const at = /^\d{1,6}$/.test(number) ? Number(number) - 1 : -1;
    if (at < 0 || at >= own.names.length) {
      throw new PprofError(`there is no profile ${number}; there are ${own.names.length}`);
    }
    return () => {
      const profile = own.decode(at);
      if (profile === undefined) {
        throw new CaptureError("unreadable", `${own.names[at]} cannot be read`, "the terminal said why");
      }
      return profile;
    };
  }
}
