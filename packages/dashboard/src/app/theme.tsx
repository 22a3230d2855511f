import { useState } from "react";
import { Button } from "../kit/button.tsx";

const NAME = "theme";

/** The theme that was chosen in this browser; `null`: the system's. To be called before the first drawing. */
export function restoreTheme(): void {
  const chosen = localStorage.getItem(NAME);
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset["theme"] = chosen;
}

const isDark = (): boolean =>
  (document.documentElement.dataset["theme"] ??
    (window.matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";

/** Changes between dark and light. */
export function ThemeButton() {
  const [dark, setDark] = useState(isDark);
  const change = (): void => {
    const next = dark ? "light" : "dark";
    document.documentElement.dataset["theme"] = next;
    localStorage.setItem(NAME, next);
    setDark(!dark);
  };
  return (
    <Button small kind="quiet" icon={dark ? "sun" : "moon"} onPress={change}>
      <span className="hidden">{dark ? "Light colours" : "Dark colours"}</span>
    </Button>
  );
}
