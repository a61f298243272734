/** What was asked for cannot be shown: a bad regular expression, nothing that matches, profiles that do not fit. */
export class PprofError extends Error {
  override readonly name = "PprofError";
}
