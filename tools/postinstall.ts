import { bundleDashboard } from "./bundle-dashboard.ts";
import { installModels } from "./models.ts";

// npm runs this after `npm ci`, so that a clone has a working engine and its dashboard without a second command.
try {
  console.log(installModels());
  const built = await bundleDashboard();
  console.log(built ? "the dashboard is built" : "the dashboard is not built: its tools are development dependencies");
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
