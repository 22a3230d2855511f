import { globSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./root.ts";

const FOLDER = join(ROOT, "packages/dashboard");
const COMPONENT = "src/capture/component.ts";

/**
 * Builds the pages into `dist/pages`: an HTML file beside the package's manifest is a page. Nothing is inlined, so that
 * the pages stand under a policy without exceptions; what others wrote is named in a file of its own.
 * @returns false where the tools of the build are not installed (`npm ci --omit=dev`)
 */
export async function bundleDashboard(): Promise<boolean> {
  const vite = await import("vite").catch(() => null);
  if (vite === null) return false;
  await vite.build({
    root: FOLDER,
    configFile: false,
    logLevel: "warn",
    // The sources of this repository, as everywhere; then what a browser takes.
    resolve: { conditions: ["@sameface/source", "module", "browser", "production"] },
    build: {
      outDir: "dist/pages",
      emptyOutDir: true,
      target: "es2023",
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      license: { fileName: "third-party.md" },
      rolldownOptions: {
        input: [...globSync("*.html", { cwd: FOLDER }), COMPONENT].map((file) => join(FOLDER, file)),
        output: {
          // Other sites' pages name the component: it alone keeps its name.
          entryFileNames: ({ name }) => `assets/${name === "component" ? "sameface-capture" : "[name]-[hash]"}.js`,
        },
      },
    },
  });
  return true;
}
