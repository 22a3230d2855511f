import type { TestServer } from "./test-server.fixture.ts";

/** A thing of each kind in the first tenant, by the part of the path that names the kind. */
export async function onePerKind(server: TestServer): Promise<Readonly<Record<string, string>>> {
  const idOf = async (path: string, body: object): Promise<string> =>
    String((await server.call(path, { method: "POST", body })).body["id"]);
  await server.enrol("anna", { face: "anna" });
  await server.call("/v1/policy", { method: "PUT", body: { retention: { pictureDays: 1 } } });
  const endpoints = await idOf("/v1/endpoints", { url: "http://127.0.0.1:4999/hook" });
  const attempt = await server.authenticate("anna", { face: "anna", shot: 1 });
  const authentications = String(attempt.body["id"]);
  const detail = await server.call(`/v1/authentications/${authentications}`);
  const [delivery] = detail.body["deliveries"] as { id: string }[];
  return {
    customers: "anna",
    tenants: "default",
    authentications,
    endpoints,
    deliveries: String(delivery?.id),
    replays: await idOf("/v1/replays", { endpointId: endpoints, since: "2020-01-01T00:00:00Z", which: "dead" }),
    keys: await idOf("/v1/keys", { name: "k", scopes: ["events:read"] }),
    "capture-sessions": await idOf("/v1/capture-sessions", { customerId: "anna", purpose: "authenticate" }),
    streams: await idOf("/v1/streams", { name: "laptop" }),
  };
}
