type Release = () => void;

/** How many things go on at once. Waiting ones are let in in the order in which they came. */
export class InFlight {
  #limit: number;
  #used = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  get used(): number {
    return this.#used;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  set limit(limit: number) {
    this.#limit = limit;
    this.#admit();
  }

  /** Resolves with what gives the place back, or null if `signal` was aborted before there was one. */
  async enter(signal: AbortSignal): Promise<Release | null> {
    if (signal.aborted) return null;
    if (this.#used < this.#limit && this.#waiting.length === 0) {
      this.#used++;
      return this.#releaseOnce();
    }
    return new Promise((resolve) => {
      const admit = () => {
        signal.removeEventListener("abort", giveUp);
        this.#used++;
        resolve(this.#releaseOnce());
      };
      const giveUp = () => {
        this.#waiting.splice(this.#waiting.indexOf(admit), 1);
        resolve(null);
      };
      signal.addEventListener("abort", giveUp, { once: true });
      this.#waiting.push(admit);
    });
  }

  #releaseOnce(): Release {
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.#used--;
      this.#admit();
    };
  }

  #admit(): void {
    while (this.#used < this.#limit) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      next();
    }
  }
}

/** Heavy captures: one at a time on a target, so many at a time over all. */
export class HeavyCaptures {
  readonly #all: InFlight;
  readonly #targets = new Map<string, InFlight>();

  constructor(limit: number) {
    this.#all = new InFlight(limit);
  }

  get inFlight(): number {
    return this.#all.used;
  }

  set limit(limit: number) {
    this.#all.limit = limit;
  }

  async enter(target: string, signal: AbortSignal): Promise<Release | null> {
    let own = this.#targets.get(target);
    if (own === undefined) {
      own = new InFlight(1);
      this.#targets.set(target, own);
    }
    // The target first: whoever waits for a busy target must not keep others from a place.
    const releaseTarget = await own.enter(signal);
    const leaveTarget = () => {
      releaseTarget?.();
      if (own.used === 0 && own.waiting === 0) this.#targets.delete(target);
    };
    if (releaseTarget === null) return null;
    const releaseAll = await this.#all.enter(signal);
    if (releaseAll === null) {
      leaveTarget();
      return null;
    }
    return () => {
      releaseAll();
      leaveTarget();
    };
  }
}
