import { fieldsOf } from "./protobuf.ts";

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
  for (const { number, value } of fieldsOf(bytes)) {
    if (shape === TENSOR) {
      if (number === EXTERNAL_DATA || (number === DATA_LOCATION && value === 1)) return true;
    } else if (typeof value !== "number") {
      const inner = shape[number];
      if (inner !== undefined && searchMessage(value, inner())) return true;
    }
  }
  return false;
}
