import { once } from "node:events";
import { createServer } from "node:net";
import { type Finding, ill, messageOf, well } from "./finding.ts";

/** Whether the server could listen where its settings say. */
export async function checkPort({ host, port }: { readonly host: string; readonly port: number }): Promise<Finding> {
  const server = createServer();
  try {
    server.listen(port, host);
    await once(server, "listening");
    return well("port", `${host}:${port} is free`);
  } catch (error) {
    return ill(
      "port",
      messageOf(error),
      "Stop what listens there (a running sameface, perhaps), or set SAMEFACE_PORT.",
    );
  } finally {
    server.close();
  }
}
