/** What somebody did or was refused. Append-only; each entry's hash covers the one before it. */
export interface AuditEntry {
  /** Counts up from 1 without a gap. */
  sequence: number;
  atMs: number;
  /** "user@host pid 123", or a component of the patrol itself. */
  actor: string;
  /** "start", "reload", "refused", "pause", "capture", "notify" … */
  action: string;
  detail: Readonly<Record<string, string | number | boolean | null>>;
  /** sha256 in hex; 64 zeros for the first. */
  previousHash: string;
  hash: string;
}
