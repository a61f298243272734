/** A source of targets cannot be asked, or its answer cannot be used. Its last targets stay. Without secrets. */
export class DiscoveryError extends Error {
  override readonly name = "DiscoveryError";
}
