/**
 * Imported before anything else by who runs a patrol: without a handler of its own, SIGUSR1 makes Node open its
 * inspector, and whoever can reach that port runs code as the patrol. (`--disable-sigusr1` is no way out: the handler
 * would never be called.) Nothing may be imported here, as imports run first.
 */
let waiting = 0;
let listener = (): void => {
  waiting++;
};

process.on("SIGUSR1", () => listener());

/** From now on `onSignal` is called for each SIGUSR1; for those that came before, at once. */
export function onPauseSignal(onSignal: () => void): void {
  listener = onSignal;
  for (; waiting > 0; waiting--) onSignal();
}
