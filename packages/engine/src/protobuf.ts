/** One field of a protocol buffer message. */
export interface Field {
  readonly number: number;
  /** A number for varints, the bytes for anything with a length, 0 for fixed widths. */
  readonly value: number | Uint8Array;
  /** The field as it stands in the message, its key included. */
  readonly raw: Uint8Array;
}

/**
 * The fields of a message, in its order; nothing is copied.
 * @throws {RangeError} the bytes are no protocol buffer
 */
export function* fieldsOf(message: Uint8Array): Generator<Field> {
  const reader = { bytes: message, at: 0 };
  while (reader.at < message.length) {
    const start = reader.at;
    const key = readVarint(reader);
    const value = readValue(reader, key % 8);
    yield { number: Math.floor(key / 8), value, raw: message.subarray(start, reader.at) };
  }
}

/** A field with a length: text, bytes or a message. */
export function writeField(number: number, value: Uint8Array | string): Uint8Array {
  const bytes = typeof value === "string" ? Buffer.from(value, "utf8") : value;
  return Buffer.concat([writeVarint(number * 8 + 2), writeVarint(bytes.length), bytes]);
}

/** A field with a whole number ≥ 0. */
export function writeNumber(number: number, value: number): Uint8Array {
  return Buffer.concat([writeVarint(number * 8), writeVarint(value)]);
}

interface Reader {
  readonly bytes: Uint8Array;
  at: number;
}

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

function writeVarint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return Uint8Array.of(...bytes, rest);
}
