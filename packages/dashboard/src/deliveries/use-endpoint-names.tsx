import { useMemo } from "react";
import { useAnswer } from "../app/use-answer.tsx";

/** Endpoints by id, as a person calls them; empty where the key may not read them. */
export function useEndpointNames(): ReadonlyMap<string, string> {
  const { asked } = useAnswer(
    "endpoint names",
    async (client, signal) => await client.listEndpoints({ limit: "500" }, { signal }),
  );
  return useMemo(() => {
    const items = asked.state === "ready" ? asked.body.items : [];
    return new Map(items.map((one) => [one.id, one.description ?? one.url]));
  }, [asked]);
}
