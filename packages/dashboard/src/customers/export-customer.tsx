import type { Schemas } from "@sameface/contract/client";
import { useAct } from "../app/use-act.tsx";
import { Button } from "../kit/button.tsx";

/** All that is kept of a customer, as one file. */
export function ExportCustomer({ customerId, disabled }: { readonly customerId: string; readonly disabled: boolean }) {
  const { act, busy } = useAct();
  const save = async (): Promise<void> => {
    const authentications: Schemas["CustomerExport"]["authentications"][number][] = [];
    const pictures: Schemas["PictureView"][] = [];
    let after: string | null = "";
    while (after !== null) {
      const paging: { readonly after?: string } = after === "" ? {} : { after };
      const page: Schemas["CustomerExport"] | null = await act(async (client) => {
        return await client.exportCustomer({ customerId, limit: "500", ...paging });
      });
      if (page === null) return;
      authentications.push(...page.authentications);
      for (const { id } of page.authentications.filter((one) => one.picture !== null)) {
        const picture: Schemas["PictureView"] | null = await act(async (client) => await client.readPicture({ id }));
        if (picture === null) return;
        pictures.push(picture);
      }
      after = page.next;
      if (after === null) download(`${customerId}.json`, { customer: page.customer, authentications, pictures });
    }
  };
  return (
    <Button
      busy={busy}
      disabled={disabled}
      why={disabled ? "Your key may not read customers" : undefined}
      onPress={() => void save()}
    >
      Export
    </Button>
  );
}

function download(name: string, content: object): void {
  const url = URL.createObjectURL(new Blob([JSON.stringify(content, null, 2)], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
