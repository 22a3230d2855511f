import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { readConfig, startServer } from "@sameface/server";
import { Command } from "commander";
import { createApiClient } from "../api-client.ts";
import { CliError } from "../cli-error.ts";
import type { CommandContext, CommandRunner } from "../command-context.ts";
import { loadDemoPictures } from "../demo/demo-pictures.ts";
import { startDemoReceiver } from "../demo/demo-receiver.ts";
import { runDemo } from "../demo/run-demo.ts";
import type { ExitCode } from "../exit-codes.ts";

/** `sameface demo`: server and receiver on free ports, every outcome once; exit code 0 only if all came as expected. */
export function demoCommand(runner: CommandRunner): Command {
  return new Command("demo")
    .description("one authentication for each outcome, delivered to a receiver and verified; no network, no camera")
    .addHelpText("after", "\nExample:\n  sameface demo")
    .action((_options: object, command: Command) => runner.run(command, demo));
}

async function demo(context: CommandContext): Promise<ExitCode> {
  const pictures = await loadDemoPictures();
  const folder = await mkdtemp(path.join(tmpdir(), "sameface-demo-"));
  const receiver = await startDemoReceiver();
  try {
    const key = randomBytes(32).toString("hex");
    const server = await startServer({ config: demoConfig(path.join(folder, "data"), key) });
    try {
      const client = createApiClient(context.terminal, { url: server.url, key });
      return await runDemo({ context, client, receiver, pictures });
    } finally {
      await server.close();
    }
  } finally {
    await receiver.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function demoConfig(data: string, adminKey: string) {
  const read = readConfig({
    env: {
      SAMEFACE_PORT: "0",
      SAMEFACE_DATA: data,
      SAMEFACE_ADMIN_KEY: adminKey,
      // The demo's own receiver listens on loopback.
      SAMEFACE_ALLOWED_PRIVATE_NETWORKS: "127.0.0.0/8",
      SAMEFACE_ENGINE_PROCESSES: "1",
      SAMEFACE_LOG_LEVEL: "silent",
    },
    file: null,
  });
  if (!read.ok) throw new CliError("refused", read.line);
  return read.config;
}
