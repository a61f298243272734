/** A value that is made when it is first asked for. What it is made of is let go then. */
export function once<T>(make: () => T): () => T {
  let waiting: (() => T) | undefined = make;
  let made: T | undefined;
  return () => {
    if (waiting !== undefined) {
      made = waiting();
      waiting = undefined;
    }
    return made as T;
  };
}
