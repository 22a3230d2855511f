// Field numbers of onnx.proto3: ModelProto.graph, GraphProto.output, ValueInfoProto.name; all length-delimited (2).
const GRAPH = (7 << 3) | 2;
const OUTPUT = (12 << 3) | 2;
const NAME = (1 << 3) | 2;

/**
 * An ONNX model with inner tensors as further outputs. A protocol buffer joins the parts of a message that is given
 * twice, so a second graph that holds nothing but outputs is written behind the checked bytes, which stay as they are.
 */
export function exposeTensors(model: Uint8Array, names: readonly string[]): Uint8Array {
  const outputs = names.map((name) => field(OUTPUT, field(NAME, Buffer.from(name, "utf8"))));
  return names.length === 0 ? model : Buffer.concat([model, field(GRAPH, Buffer.concat(outputs))]);
}

function field(key: number, value: Uint8Array): Uint8Array {
  return Buffer.concat([Uint8Array.of(key), varint(value.length), value]);
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return Uint8Array.of(...bytes, rest);
}
