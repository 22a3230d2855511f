import { Type } from "typebox";
import { closed, oneOf } from "./common.ts";

export const Live = closed({ status: Type.Literal("live") });

export const Ready = closed({
  status: Type.Literal("ready"),
  engine: Type.Union([
    Type.Null(),
    closed({
      embedderId: Type.String(),
      network: oneOf(["none", "reachable"], "Whether the processes that decode pictures can reach a network."),
      processes: Type.Integer({ minimum: 1 }),
    }),
  ]),
  delivery: Type.Boolean({ description: "Whether this process delivers." }),
});
