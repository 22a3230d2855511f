import { List } from "../app/list.tsx";
import { hrefOf } from "../app/routes.ts";
import { usePages } from "../app/use-pages.tsx";
import { Card } from "../kit/card.tsx";
import { Empty } from "../kit/states.tsx";
import { Time } from "../kit/time.tsx";

const PREFIX = "stream:";

/** Listeners on developers' machines that ask for their deliveries. */
export function Streams() {
  const pages = usePages("streams", async (client, after) => {
    const answer = await client.listEndpoints({ limit: "500", ...after });
    if (!answer.ok) return answer;
    const { items, next } = answer.body;
    return { ok: true, body: { items: items.filter(({ url }) => url.startsWith(PREFIX)), next } };
  });
  return (
    <Card title="Streams" flush>
      <List
        pages={pages}
        label="Streams"
        keyOf={({ id }) => id}
        hrefOf={({ id }) => hrefOf("endpoints", id)}
        empty={
          <Empty icon="send" title="No stream">
            `sameface listen` makes one: its deliveries go to a receiver on the machine of a developer.
          </Empty>
        }
        columns={[
          { label: "Name", cell: ({ url }) => <span className="verbatim">{nameOf(url)}</span> },
          { label: "Outcomes", cell: ({ outcomes }) => (outcomes === null ? "all" : outcomes.join(", ")) },
          { label: "Made", end: true, cell: ({ createdAt }) => <Time at={createdAt} /> },
        ]}
      />
    </Card>
  );
}

function nameOf(url: string): string {
  const name = url.slice(PREFIX.length);
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
