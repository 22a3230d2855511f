import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { hasExternalData } from "./external-data.ts";

/** One length-delimited protocol buffer field. */
function field(number: number, body: Uint8Array | string): Buffer {
  const bytes = Buffer.from(body);
  return Buffer.concat([varint(number * 8 + 2), varint(bytes.length), bytes]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return Buffer.from([...bytes, rest]);
}

const LOCATION = field(13, Buffer.concat([field(1, "location"), field(2, "../../etc/passwd")]));
const IS_EXTERNAL = Buffer.concat([varint(14 * 8), varint(1)]);
const IS_INSIDE = Buffer.concat([varint(14 * 8), varint(0)]);
const RAW = field(9, Buffer.alloc(300));

describe("hasExternalData", () => {
  it("finds a tensor with a location wherever ONNX lets a tensor stand", () => {
    const tensor = Buffer.concat([RAW, LOCATION]);
    const inAttribute = field(5, field(5, tensor));
    const places = {
      initializer: field(7, field(5, tensor)),
      "values of a sparse initializer": field(7, field(15, field(1, tensor))),
      "indices of a sparse initializer": field(7, field(15, field(2, tensor))),
      "attribute of a node": field(7, field(1, inAttribute)),
      "list in an attribute": field(7, field(1, field(5, field(10, tensor)))),
      "sparse tensor of an attribute": field(7, field(1, field(5, field(22, field(1, tensor))))),
      "graph inside an attribute": field(7, field(1, field(5, field(6, field(5, tensor))))),
      "one of several graphs in an attribute": field(7, field(1, field(5, field(11, field(5, tensor))))),
      "body of a function": field(25, field(7, inAttribute)),
      "default of a function": field(25, field(11, field(5, tensor))),
      "training graph": field(20, field(1, field(5, tensor))),
    };
    for (const [place, bytes] of Object.entries(places)) assert.equal(hasExternalData(bytes), true, place);
  });

  it("finds a tensor that only says that its data lie elsewhere", () => {
    assert.equal(hasExternalData(field(7, field(5, IS_EXTERNAL))), true);
  });

  it("lets a model pass whose tensors hold their own numbers, whatever its texts say", () => {
    const tensor = field(5, Buffer.concat([RAW, IS_INSIDE]));
    const model = Buffer.concat([varint(8), varint(9), field(2, "location external_data"), field(7, tensor)]);
    assert.equal(hasExternalData(model), false);
    assert.equal(hasExternalData(new Uint8Array(0)), false);
  });

  it("throws for a field that is longer than its message, a number without end and an unknown wire type", () => {
    for (const bytes of [[58, 5, 1], [255, 255], [0x3b], [57, 1, 2], [...new Array<number>(11).fill(255), 1]]) {
      assert.throws(() => hasExternalData(Uint8Array.from(bytes)), RangeError, String(bytes));
    }
  });

  it("ends for any bytes, with an answer or a RangeError", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          assert.equal(typeof hasExternalData(bytes), "boolean");
        } catch (error) {
          assert.ok(error instanceof RangeError);
        }
      }),
    );
  });
});
