import { fieldsOf, writeField, writeNumber } from "./protobuf.ts";

// Field numbers of onnx.proto3.
const MODEL = { graph: 7 } as const;
const GRAPH = { node: 1, initializer: 5, valueInfo: 13 } as const;
const NODE = { input: 1, output: 2, opType: 4, attribute: 5 } as const;
const ATTRIBUTE = { name: 1, integer: 3, type: 20 } as const;
const TENSOR = { dims: 1, dataType: 2, name: 8, raw: 9 } as const;
const FLOAT = 1;
const INTEGER_ATTRIBUTE = 2;

/** One operation of a graph. */
export interface GraphNode {
  readonly opType: string;
  /** Names of tensors; "" for one that was left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** By name, as the messages that they are. */
  readonly attributes: ReadonlyMap<string, Uint8Array>;
}

/** Constant numbers of a graph. */
export interface Weights {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** An ONNX graph as far as a change of it needs to know it. */
export interface Graph {
  readonly nodes: readonly GraphNode[];
  /** Float tensors, by name. */
  readonly weights: ReadonlyMap<string, Weights>;
}

/**
 * A model with another graph of the same inputs and outputs; everything else of it stays as it is. Shapes that the
 * file states of inner tensors are left out, as they may not hold any more; the runtime works them out.
 * @throws {RangeError} the bytes are no protocol buffer
 */
export function changeGraph(model: Uint8Array, change: (graph: Graph) => Graph): Uint8Array {
  const parts = [...fieldsOf(model)].map(({ number, value, raw }) =>
    number === MODEL.graph && typeof value !== "number" ? writeField(MODEL.graph, changedGraph(value, change)) : raw,
  );
  return Buffer.concat(parts);
}

function changedGraph(message: Uint8Array, change: (graph: Graph) => Graph): Uint8Array {
  const nodes: GraphNode[] = [];
  const weights = new Map<string, Weights>();
  const rest: Uint8Array[] = [];
  for (const { number, value, raw } of fieldsOf(message)) {
    const tensor = number === GRAPH.initializer && typeof value !== "number" ? readWeights(value) : null;
    if (number === GRAPH.node && typeof value !== "number") nodes.push(readNode(value));
    else if (tensor !== null) weights.set(tensor.name, tensor);
    else if (number !== GRAPH.valueInfo) rest.push(raw);
  }
  const changed = change({ nodes, weights });
  return Buffer.concat([
    ...changed.nodes.map((node) => writeField(GRAPH.node, writeNode(node))),
    ...[...changed.weights].map(([name, tensor]) => writeField(GRAPH.initializer, writeWeights(name, tensor))),
    ...rest,
  ]);
}

function readNode(message: Uint8Array): GraphNode {
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes = new Map<string, Uint8Array>();
  let opType = "";
  for (const { number, value } of fieldsOf(message)) {
    if (typeof value === "number") continue;
    if (number === NODE.input) inputs.push(textOf(value));
    if (number === NODE.output) outputs.push(textOf(value));
    if (number === NODE.opType) opType = textOf(value);
    if (number === NODE.attribute) attributes.set(nameOf(value, ATTRIBUTE.name), value);
  }
  return { opType, inputs, outputs, attributes };
}

function writeNode({ opType, inputs, outputs, attributes }: GraphNode): Uint8Array {
  return Buffer.concat([
    ...inputs.map((input) => writeField(NODE.input, input)),
    ...outputs.map((output) => writeField(NODE.output, output)),
    writeField(NODE.opType, opType),
    ...[...attributes.values()].map((attribute) => writeField(NODE.attribute, attribute)),
  ]);
}

/** A whole number as an attribute. */
export function integerAttribute(name: string, value: number): readonly [string, Uint8Array] {
  const message = [
    writeField(ATTRIBUTE.name, name),
    writeNumber(ATTRIBUTE.integer, value),
    writeNumber(ATTRIBUTE.type, INTEGER_ATTRIBUTE),
  ];
  return [name, Buffer.concat(message)];
}

/** The whole number of an attribute; `fallback` where the node has none of that name. */
export function integerOf(node: GraphNode, name: string, fallback: number): number {
  for (const { number, value } of fieldsOf(node.attributes.get(name) ?? new Uint8Array(0)))
    if (number === ATTRIBUTE.integer && typeof value === "number") return value;
  return fallback;
}

/** The slopes of a PRelu that has one a channel; `null` for any other node. */
export function slopesOf(node: GraphNode, weights: Graph["weights"]): Float32Array | null {
  const slopes = node.opType === "PRelu" ? weights.get(node.inputs[1] ?? "") : undefined;
  // [channels, 1, 1]; a single slope would be all channels'.
  const [channels = 1, ...rest] = slopes?.shape ?? [];
  return slopes !== undefined && channels > 1 && rest.join() === "1,1" ? slopes.values : null;
}

/** A float tensor that is stored as bytes; `null` for any other. */
function readWeights(message: Uint8Array): (Weights & { readonly name: string }) | null {
  const shape: number[] = [];
  let [type, raw]: [number, Uint8Array | null] = [0, null];
  for (const { number, value } of fieldsOf(message)) {
    if (number === TENSOR.dims) shape.push(...(typeof value === "number" ? [value] : []));
    if (number === TENSOR.dataType && typeof value === "number") type = value;
    if (number === TENSOR.raw && typeof value !== "number") raw = value;
  }
  const count = shape.reduce((product, side) => product * side, 1);
  if (type !== FLOAT || raw?.length !== count * Float32Array.BYTES_PER_ELEMENT) return null;
  // A copy: float values lie only at multiples of four. Little-endian, as is every machine the runtime is built for.
  return { name: nameOf(message, TENSOR.name), shape, values: new Float32Array(new Uint8Array(raw).buffer) };
}

function writeWeights(name: string, { shape, values }: Weights): Uint8Array {
  return Buffer.concat([
    ...shape.map((side) => writeNumber(TENSOR.dims, side)),
    writeNumber(TENSOR.dataType, FLOAT),
    writeField(TENSOR.name, name),
    writeField(TENSOR.raw, new Uint8Array(values.buffer, values.byteOffset, values.byteLength)),
  ]);
}

function nameOf(message: Uint8Array, field: number): string {
  for (const { number, value } of fieldsOf(message))
    if (number === field && typeof value !== "number") return textOf(value);
  return "";
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
}
