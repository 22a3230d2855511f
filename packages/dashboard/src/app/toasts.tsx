import { createContext, type ReactNode, useCallback, useContext, useState } from "react";
import { Button } from "../kit/button.tsx";
import { Icon } from "../kit/icon.tsx";

interface Toast {
  readonly id: number;
  readonly tone: "good" | "bad";
  readonly text: string;
}

type Tell = (tone: Toast["tone"], text: string) => void;

const ToastContext = createContext<Tell>(() => undefined);
/** What went well goes away by itself; what did not stays till it is put away. */
const SHOWN_MS = 5_000;

export function ToastProvider({ children }: { readonly children: ReactNode }) {
  const [toasts, setToasts] = useState<readonly Toast[]>([]);
  const drop = useCallback((id: number) => {
    setToasts((all) => all.filter((one) => one.id !== id));
  }, []);
  const tell = useCallback<Tell>(
    (tone, text) => {
      const id = performance.now();
      setToasts((all) => [...all.slice(-3), { id, tone, text }]);
      if (tone === "good") setTimeout(drop, SHOWN_MS, id);
    },
    [drop],
  );
  return (
    <ToastContext value={tell}>
      {children}
      <div className="toasts" role="status" aria-label="Notices">
        {toasts.map(({ id, tone, text }) => (
          <div key={id} className={`toast ${tone}`}>
            <Icon name={tone === "good" ? "check" : "alert"} />
            <span className="grow verbatim">{text}</span>
            <Button
              small
              kind="quiet"
              icon="close"
              onPress={() => {
                drop(id);
              }}
            >
              <span className="hidden">Put away</span>
            </Button>
          </div>
        ))}
      </div>
    </ToastContext>
  );
}

/** Tells how something went. */
export function useTell(): Tell {
  return useContext(ToastContext);
}
