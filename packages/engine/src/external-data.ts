/** Which length-delimited fields of an ONNX message hold a message that can lead to a tensor (onnx.proto3). */
type Shape = Readonly<Record<number, () => Shape>>;

const TENSOR: Shape = {};
const sparse = (): Shape => ({ 1: tensor, 2: tensor }); // values, indices
const attribute = (): Shape => ({ 5: tensor, 6: graph, 10: tensor, 11: graph, 22: sparse, 23: sparse });
const node = (): Shape => ({ 5: attribute });
const graph = (): Shape => ({ 1: node, 5: tensor, 15: sparse });
const functions = (): Shape => ({ 7: node, 11: attribute });
const training = (): Shape => ({ 1: graph, 2: graph });
const MODEL: Shape = { 7: graph, 20: training, 25: functions };

// TensorProto.external_data and TensorProto.data_location (1 = EXTERNAL).
const EXTERNAL_DATA = 13;
const DATA_LOCATION = 14;

function tensor(): Shape {
  return TENSOR;
}

/**
 * Whether a tensor of an ONNX file says that its numbers lie in another file. Such a file can name any path of the
 * host (CVE-2022-25882, CVE-2024-27318), and its hash says nothing about that other file.
 * @throws {RangeError} the bytes are no protocol buffer
 */
export function hasExternalData(model: Uint8Array): boolean {
  return searchMessage(model, MODEL);
}

function searchMessage(bytes: Uint8Array, shape: Shape): boolean {
  const reader = { bytes, at: 0 };
  while (reader.at < bytes.length) {
    const key = readVarint(reader);
    const field = Math.floor(key / 8);
    const value = readValue(reader, key % 8);
    if (shape === TENSOR) {
      if (field === EXTERNAL_DATA || (field === DATA_LOCATION && value === 1)) return true;
    } else if (typeof value !== "number") {
      const inner = shape[field];
      if (inner !== undefined && searchMessage(value, inner())) return true;
    }
  }
  return false;
}

interface Reader {
  readonly bytes: Uint8Array;
  at: number;
}

/** The value of one field: a number for varints, the bytes for anything with a length, 0 for fixed widths. */
function readValue(reader: Reader, wireType: number): number | Uint8Array {
  if (wireType === 0) return readVarint(reader);
  if (wireType === 1) return skip(reader, 8);
  if (wireType === 5) return skip(reader, 4);
  if (wireType !== 2) throw new RangeError(`wire type ${wireType} is none of ONNX's`);
  const length = readVarint(reader);
  const start = reader.at;
  skip(reader, length);
  return reader.bytes.subarray(start, start + length);
}

function skip(reader: Reader, length: number): 0 {
  if (length > reader.bytes.length - reader.at) throw new RangeError("a field is longer than its message");
  reader.at += length;
  return 0;
}

function readVarint(reader: Reader): number {
  let value = 0;
  // Ten bytes carry 64 bits; multiplication, as shifts stop at 32.
  for (let factor = 1, count = 0; count < 10; factor *= 128, count += 1) {
    const byte = reader.bytes[reader.at];
    if (byte === undefined) break;
    reader.at += 1;
    value += (byte % 128) * factor;
    if (byte < 128) return value;
  }
  throw new RangeError("a number does not end");
}
