/** A record on its way: its id and its document as one line of JSON. */
export interface QueuedRecord {
  id: string;
  json: string;
}

/** What waits to be delivered, in order. Taken from the front only once it is delivered or refused for good. */
export interface RecordQueue {
  readonly length: number;
  /** Bytes on disk; 0 in memory. */
  readonly storedBytes: number;
  /** False: there is no room, and the record is not taken. */
  push(record: QueuedRecord): boolean;
  /** The first records, at least one if there is one. */
  peek(maxRecords: number, maxBytes: number): QueuedRecord[];
  /** Removes the first records. */
  drop(records: number): void;
  close(): void;
}

/** A queue that is lost with the process, for sinks without a spool. */
export function createMemoryQueue(maxBytes: number): RecordQueue {
  let records: QueuedRecord[] = [];
  let bytes = 0;
  return {
    get length() {
      return records.length;
    },
    storedBytes: 0,
    push(record) {
      if (bytes + record.json.length > maxBytes) return false;
      records.push(record);
      bytes += record.json.length;
      return true;
    },
    peek(maxRecords, maxBatchBytes) {
      let taken = 0;
      let size = 0;
      while (taken < Math.min(maxRecords, records.length)) {
        size += records[taken]!.json.length;
        if (taken > 0 && size > maxBatchBytes) break;
        taken++;
      }
      return records.slice(0, taken);
    },
    drop(count) {
      for (const record of records.slice(0, count)) bytes -= record.json.length;
      records = records.slice(count);
    },
    close: () => {},
  };
}
