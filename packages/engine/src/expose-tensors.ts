import { writeField } from "./protobuf.ts";

// Field numbers of onnx.proto3: ModelProto.graph, GraphProto.output, ValueInfoProto.name.
const GRAPH = 7;
const OUTPUT = 12;
const NAME = 1;

/**
 * An ONNX model with inner tensors as further outputs. A protocol buffer joins the parts of a message that is given
 * twice, so a second graph that holds nothing but outputs is written behind the checked bytes, which stay as they are.
 */
export function exposeTensors(model: Uint8Array, names: readonly string[]): Uint8Array {
  const outputs = names.map((name) => writeField(OUTPUT, writeField(NAME, name)));
  return names.length === 0 ? model : Buffer.concat([model, writeField(GRAPH, Buffer.concat(outputs))]);
}
