import { createRoot } from "react-dom/client";
import "../kit/tokens.css";
import "../kit/base.css";
import "../kit/kit.css";
import "../kit/forms.css";
import "./shell.css";
import { App } from "./app.tsx";
import { restoreTheme } from "./theme.tsx";

restoreTheme();
const root = document.getElementById("root");
if (root === null) throw new Error("the page has no root");
createRoot(root).render(<App />);
