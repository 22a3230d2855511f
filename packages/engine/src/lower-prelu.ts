import { fieldsOf, writeField } from "./protobuf.ts";

// Field numbers of onnx.proto3.
const MODEL = { graph: 7 } as const;
const GRAPH = { node: 1 } as const;
const NODE = { input: 1, output: 2, opType: 4 } as const;

/**
 * An ONNX model in which every PRelu is written as Relu, Sub, Mul and Add: max(x, 0) + slope · (x − max(x, 0)), the
 * same bits. The runtime keeps convolutions in blocks of channels; it knows these four in blocks and PRelu not, and
 * would unpack and pack the whole tensor round each one.
 */
export function lowerPRelu(model: Uint8Array): Uint8Array {
  return mapFields(model, (number, value) =>
    number === MODEL.graph ? [writeField(MODEL.graph, mapFields(value, lowerNode))] : null,
  );
}

function lowerNode(number: number, value: Uint8Array): readonly Uint8Array[] | null {
  if (number !== GRAPH.node) return null;
  const { opType, inputs, output } = readNode(value);
  const [x, slope] = inputs;
  if (opType !== "PRelu" || x === undefined || slope === undefined) return null;
  const [above, below, scaled] = [`${output}/above`, `${output}/below`, `${output}/scaled`];
  return [
    writeNode("Relu", { inputs: [x], output: above }),
    writeNode("Sub", { inputs: [x, above], output: below }),
    writeNode("Mul", { inputs: [below, slope], output: scaled }),
    writeNode("Add", { inputs: [above, scaled], output }),
  ];
}

/** A message with some of its fields replaced; `replace` answers `null` for one that stays. */
function mapFields(
  message: Uint8Array,
  replace: (number: number, value: Uint8Array) => readonly Uint8Array[] | null,
): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const { number, value, raw } of fieldsOf(message)) {
    const replaced = typeof value === "number" ? null : replace(number, value);
    parts.push(...(replaced ?? [raw]));
  }
  return Buffer.concat(parts);
}

interface Node {
  readonly opType: string;
  readonly inputs: readonly string[];
  readonly output: string;
}

function readNode(node: Uint8Array): Node {
  const texts = [...fieldsOf(node)].flatMap(({ number, value }) =>
    typeof value === "number" ? [] : [{ number, text: Buffer.from(value).toString("utf8") }],
  );
  const of = (wanted: number): string[] => texts.flatMap(({ number, text }) => (number === wanted ? [text] : []));
  return { opType: of(NODE.opType)[0] ?? "", inputs: of(NODE.input), output: of(NODE.output)[0] ?? "" };
}

function writeNode(opType: string, { inputs, output }: Omit<Node, "opType">): Uint8Array {
  return writeField(
    GRAPH.node,
    Buffer.concat([
      ...inputs.map((input) => writeField(NODE.input, input)),
      writeField(NODE.output, output),
      writeField(NODE.opType, opType),
    ]),
  );
}
