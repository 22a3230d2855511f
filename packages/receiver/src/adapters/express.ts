import { exchangeNode, type NodeRequest, type NodeResponse, type Receives } from "@sameface/receiver";

/**
 * A handler for a route of Express 4 or 5. It reads the raw bytes itself, or takes those that
 * `express.raw({ type: "application/json" })` left; behind `express.json()` it answers 500 with the mend.
 * @example
 * app.all("/webhooks", expressHandler(receiver)); // before app.use(express.json())
 */
export function expressHandler(receiver: Receives): (request: NodeRequest, response: NodeResponse) => void {
  return (request, response) => {
    void exchangeNode(receiver, request, response);
  };
}
