import { useEffect, useState } from "react";
import { Button } from "./button.tsx";

const SHOWN_MS = 1_500;

/** Puts a text on the clipboard, and says that it did. */
export function CopyButton({
  text,
  label = "Copy",
  small = true,
}: {
  readonly text: string;
  readonly label?: string;
  readonly small?: boolean;
}) {
  const [state, setState] = useState<"" | "Copied" | "Copy it by hand">("");
  useEffect(() => {
    if (state === "") return undefined;
    const timer = setTimeout(() => {
      setState("");
    }, SHOWN_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [state]);
  const copy = (): void => {
    writeClipboard(text).then(
      () => {
        setState("Copied");
      },
      () => {
        setState("Copy it by hand");
      },
    );
  };
  return (
    <>
      <Button small={small} kind="quiet" icon={state === "Copied" ? "check" : "copy"} onPress={copy}>
        {state === "" ? label : state}
      </Button>
      <span className="hidden" role="status">
        {state}
      </span>
    </>
  );
}

/** Pages over plain http have no clipboard of their own, but on loopback: there the old way is the only one. */
async function writeClipboard(text: string): Promise<void> {
  // The type says that it is always there; over plain http it is not.
  const clipboard = navigator.clipboard as Clipboard | undefined;
  if (clipboard !== undefined) {
    await clipboard.writeText(text);
    return;
  }
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "hidden";
  document.body.append(area);
  area.select();
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- no other way over plain http
  const copied = document.execCommand("copy");
  area.remove();
  if (!copied) throw new Error("not copied");
}
