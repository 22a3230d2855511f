import { type Graph, type GraphNode, integerAttribute, integerOf, slopesOf, type Weights } from "./onnx-graph.ts";

// The widest block that the runtime knows (AVX-512); the others, 8 and 4, divide it.
const BLOCK = 16;

/**
 * A graph in which convolutions between which only channelwise operations stand hand on whole blocks of channels: those
 * that are added are 0, and are read with weights of 0, so that every other number stays what it was. The runtime keeps
 * whole blocks packed; a convolution a channel over anything else it counts ten times as slowly, tensor by tensor
 * unpacked.
 * @param kept tensors that are read outside of the graph, and so stay as they are
 */
export function fillBlocks(graph: Graph, kept: readonly string[]): Graph {
  const weights = new Map(graph.weights);
  const groups = new Map<GraphNode, number>();
  const readers = readersOf(graph);
  for (const node of graph.nodes) {
    const channels = graph.weights.get(node.inputs[1] ?? "")?.shape[0] ?? 0;
    if (channels % BLOCK === 0 || kindOf(node, { readers, weights: graph.weights }) !== "mixing") continue;
    const behind = channelsReaders(node, { readers, weights: graph.weights, kept });
    if (behind === null) continue;
    const filled = Math.ceil(channels / BLOCK) * BLOCK;
    for (const name of node.inputs.slice(1)) fillAxis(weights, { name, axis: 0, filled });
    for (const { reader, kind } of behind) {
      const [axis, names] =
        kind === "mixing" ? ([1, reader.inputs.slice(1, 2)] as const) : ([0, reader.inputs.slice(1)] as const);
      for (const name of names) fillAxis(weights, { name, axis, filled });
      if (reader.opType === "Conv" && kind === "channelwise") groups.set(reader, filled);
    }
  }
  return { nodes: graph.nodes.map((node) => withGroups(node, groups.get(node))), weights };
}

interface Known {
  readonly readers: ReadonlyMap<string, readonly GraphNode[]>;
  readonly weights: ReadonlyMap<string, Weights>;
}

function readersOf({ nodes }: Graph): ReadonlyMap<string, readonly GraphNode[]> {
  const readers = new Map<string, GraphNode[]>();
  for (const node of nodes) for (const name of node.inputs) readers.set(name, [...(readers.get(name) ?? []), node]);
  return readers;
}

/** Whether a node is a convolution over all channels, keeps each apart (and 0 as 0), or is anything else. */
function kindOf(node: GraphNode, { readers, weights }: Known): "mixing" | "channelwise" | null {
  const names = node.inputs.slice(1);
  // What is made wider must be known, and nobody else's.
  if (!names.every((name) => weights.has(name) && readers.get(name)?.length === 1)) return null;
  if (node.opType === "Relu" || node.opType === "MaxPool") return "channelwise";
  if (node.opType === "PRelu") return slopesOf(node, weights) === null ? null : "channelwise";
  if (node.opType !== "Conv") return null;
  const groups = integerOf(node, "group", 1);
  const [channels, perGroup] = weights.get(names[0] ?? "")?.shape ?? [];
  if (groups === 1) return "mixing";
  return channels === groups && perGroup === 1 ? "channelwise" : null;
}

interface Reader {
  readonly reader: GraphNode;
  readonly kind: "mixing" | "channelwise";
}

/**
 * Everything that reads a node's channels, down to the convolutions that mix them; `null` where something needs them
 * just as they are.
 */
function channelsReaders(
  node: GraphNode,
  graph: Known & { readonly kept: readonly string[] },
): readonly Reader[] | null {
  const found: Reader[] = [];
  for (const output of node.outputs) {
    if (graph.kept.includes(output)) return null;
    for (const reader of graph.readers.get(output) ?? []) {
      const kind = kindOf(reader, graph);
      const behind = kind === "channelwise" ? channelsReaders(reader, graph) : [];
      if (kind === null || behind === null) return null;
      found.push({ reader, kind }, ...behind);
    }
  }
  return found;
}

function fillAxis(
  weights: Map<string, Weights>,
  { name, axis, filled }: { readonly name: string; readonly axis: 0 | 1; readonly filled: number },
): void {
  const { shape, values } = weights.get(name) ?? { shape: [], values: new Float32Array(0) };
  const rows = shape.slice(0, axis).reduce((product, side) => product * side, 1);
  const side = shape[axis] ?? 0;
  const row = values.length / rows;
  const wider = (row / side) * filled;
  const out = new Float32Array(rows * wider);
  for (let i = 0; i < rows; i += 1) out.set(values.subarray(i * row, (i + 1) * row), i * wider);
  weights.set(name, { shape: shape.with(axis, filled), values: out });
}

function withGroups(node: GraphNode, groups: number | undefined): GraphNode {
  if (groups === undefined) return node;
  return { ...node, attributes: new Map([...node.attributes, integerAttribute("group", groups)]) };
}
