import { type Graph, type GraphNode, integerAttribute, slopesOf, type Weights } from "./onnx-graph.ts";

/**
 * A graph in which every PRelu is written as the sum of slope · x and max((1 − slope) · x, 0), each a convolution with
 * one weight a channel; equal but for rounding. The runtime keeps what convolutions hand on in blocks of channels, and
 * puts the max and the sum into the convolutions; round each PRelu it would unpack and pack the whole tensor.
 */
export function lowerPRelu({ nodes, weights }: Graph): Graph {
  const added = new Map<string, Weights>();
  const lowered = nodes.flatMap((node) => {
    const slopes = slopesOf(node, weights);
    return slopes === null ? [node] : lower(node, { slopes, added });
  });
  const read = new Set(lowered.flatMap(({ inputs }) => inputs));
  return { nodes: lowered, weights: new Map([...weights, ...added].filter(([name]) => read.has(name))) };
}

function lower(
  node: GraphNode,
  { slopes, added }: { readonly slopes: Float32Array; readonly added: Map<string, Weights> },
): readonly GraphNode[] {
  const [input = ""] = node.inputs;
  const [output = ""] = node.outputs;
  const scale = (from: string, part: string, factors: Float32Array): GraphNode => {
    added.set(`${output}/${part}/factors`, { shape: [factors.length, 1, 1, 1], values: factors });
    const attributes = new Map([integerAttribute("group", factors.length)]);
    return {
      opType: "Conv",
      inputs: [from, `${output}/${part}/factors`],
      outputs: [`${output}/${part}`],
      attributes,
    };
  };
  const plain = (opType: string, inputs: readonly string[], to: string): GraphNode => ({
    opType,
    inputs,
    outputs: [to],
    attributes: new Map(),
  });
  const rest = slopes.map((slope) => 1 - slope);
  const [bent, sum] = [`${output}/bent`, [`${output}/straight`, `${output}/bent`]];
  const straight = scale(input, "straight", slopes);
  if (rest.every((factor) => factor >= 0))
    return [scale(input, "rest", rest), plain("Relu", [`${output}/rest`], bent), straight, plain("Add", sum, output)];
  // A slope above 1 takes away, and no max is negative: its sign comes after.
  return [
    plain("Relu", [input], `${output}/above`),
    scale(`${output}/above`, "bent", rest),
    straight,
    plain("Add", sum, output),
  ];
}
