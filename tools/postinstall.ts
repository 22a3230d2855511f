import { installModels } from "./models.ts";

// npm runs this after `npm ci`, so that a clone has a working engine without a second command.
try {
  console.log(installModels());
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
