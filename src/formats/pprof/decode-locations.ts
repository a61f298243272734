import { ProtobufReader, WIRE_LENGTH_DELIMITED, WIRE_VARINT } from "../../bytes/protobuf-reader.ts";
import { toSignedNumber, viewWords } from "../../bytes/words.ts";
import { type LocationTable, NONE } from "../../tables/profile.ts";
import type { IdIndex } from "./id-index.ts";
import { LINE, LOCATION } from "./spec.ts";
import { setFlag, setUint64, visitMessages } from "./visit-messages.ts";

export interface DecodedLocations {
  table: LocationTable;
  /** Lines left out because the function they name is not in the file. The location keeps its address. */
  lostLines: number;
}

/**
 * `lines` is an upper bound of their number. A mapping that is not in the file is NONE, as upstream has it.
 *
 * @throws DecodeError for a line without a function id, which upstream calls malformed.
 */
export function decodeLocations(
  bytes: Uint8Array,
  offsets: Uint32Array,
  lines: number,
  mappings: IdIndex,
  functions: IdIndex,
): DecodedLocations {
  const count = offsets.length;
  const table: LocationTable = {
    length: count,
    id: new BigUint64Array(count),
    mapping: new Int32Array(count).fill(NONE),
    address: new BigUint64Array(count),
    isFolded: new Uint8Array(count),
    lineStart: new Uint32Array(count + 1),
    lineFunction: new Int32Array(lines),
    line: new Float64Array(lines),
    column: new Float64Array(lines),
  };
  const idWords = viewWords(table.id);
  const addressWords = viewWords(table.address);
  const lineReader = new ProtobufReader(bytes, "pprof");
  let row = 0;
  let lostLines = 0;
  visitMessages(bytes, offsets, (message, location) => {
    while (message.nextField()) {
      switch (message.field) {
        case LOCATION.id:
          setUint64(idWords, location, message);
          break;
        case LOCATION.mappingId:
          message.expectWireType(WIRE_VARINT);
          table.mapping[location] = mappings.find(message.low, message.high);
          break;
        case LOCATION.address:
          setUint64(addressWords, location, message);
          break;
        case LOCATION.line:
          message.expectWireType(WIRE_LENGTH_DELIMITED);
          lineReader.enter(message.start, message.stop);
          if (readLine(lineReader, table, row, functions)) row++;
          else lostLines++;
          break;
        case LOCATION.isFolded:
          setFlag(table.isFolded, location, 1, message);
          break;
      }
    }
    table.lineStart[location + 1] = row;
  });
  if (row < lines) {
    table.lineFunction = table.lineFunction.slice(0, row);
    table.line = table.line.slice(0, row);
    table.column = table.column.slice(0, row);
  }
  return { table, lostLines };
}

/** Returns false if the line names a function that is not there. */
function readLine(message: ProtobufReader, table: LocationTable, row: number, functions: IdIndex): boolean {
  const messageStart = message.at;
  let functionLow = 0;
  let functionHigh = 0;
  let line = 0;
  let column = 0;
  while (message.nextField()) {
    switch (message.field) {
      case LINE.functionId:
        message.expectWireType(WIRE_VARINT);
        functionLow = message.low;
        functionHigh = message.high;
        break;
      case LINE.line:
        message.expectWireType(WIRE_VARINT);
        line = toSignedNumber(message.low, message.high);
        break;
      case LINE.column:
        message.expectWireType(WIRE_VARINT);
        column = toSignedNumber(message.low, message.high);
        break;
    }
  }
  if (functionLow === 0 && functionHigh === 0) {
    message.at = messageStart;
    throw message.malformed("a location has a line without a function");
  }
  const fn = functions.find(functionLow, functionHigh);
  if (fn < 0) return false;
  table.lineFunction[row] = fn;
  table.line[row] = line;
  table.column[row] = column;
  return true;
}
