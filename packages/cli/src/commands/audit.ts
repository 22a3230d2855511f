import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { type AuditedRow, type AuditFinding, createAuditChain } from "@sameface/server";
import { Command } from "commander";
import { isRecord, textOf } from "../api-client.ts";
import { CliError } from "../cli-error.ts";
import type { CommandContext, CommandRunner } from "../command-context.ts";
import { EXIT, type ExitCode } from "../exit-codes.ts";

interface VerifyOptions {
  readonly file?: string;
  readonly head?: string;
}

/** `sameface audit export|verify`: who did what, and whether anybody changed that afterwards. */
export function auditCommand(runner: CommandRunner): Command {
  const audit = new Command("audit").description("who did what: a chain of rows that shows every later change");
  audit
    .command("export")
    .description("every row of the tenant as JSON lines, oldest first")
    .addHelpText("after", "\nExample:\n  sameface audit export > audit.jsonl")
    .action((_options: object, command: Command) =>
      runner.run(command, async (context) => {
        for await (const row of rowsOfServer(context)) context.terminal.out(JSON.stringify(row));
        return EXIT.done;
      }),
    );
  audit
    .command("verify")
    .description("recompute the chain; names the first broken row and then exits with 1")
    .option("--file <jsonl>", "an export instead of the server")
    .option("--head <hash>", "a hash noted earlier: it must still stand in the chain")
    .addHelpText("after", "\nExample:\n  sameface audit verify --head 5f2c…")
    .action((options: VerifyOptions, command: Command) =>
      runner.run(command, async (context) => {
        const rows = options.file === undefined ? rowsOfServer(context) : rowsOfFile(options.file);
        return await verify(context, rows, options.head);
      }),
    );
  return audit;
}

async function verify(
  context: CommandContext,
  rows: AsyncIterable<Record<string, unknown>>,
  head: string | undefined,
): Promise<ExitCode> {
  const chain = createAuditChain();
  let seen = head === undefined;
  for await (const json of rows) {
    const row = toRow(json);
    seen ||= row.hash === head;
    if (!chain.add(row)) break;
  }
  const finding = chain.finding();
  const whole = finding.kind === "whole";
  const lost = whole && !seen;
  context.print({ ...finding, ...(lost ? { kind: "headMissing" } : {}) }, [
    lost ? "The noted hash is in no row: rows were cut off at the end." : told(finding),
  ]);
  return whole && !lost ? EXIT.done : EXIT.no;
}

function told(finding: AuditFinding): string {
  switch (finding.kind) {
    case "whole":
      return `${finding.rows} rows, the chain is whole. Note its last hash elsewhere: ${finding.hash}`;
    case "missing":
      return `Row ${finding.sequence} is missing.`;
    case "changed":
      return `Row ${finding.sequence} is not what was written.`;
  }
}

/** Page by page; the head, which is kept apart, must be the last row. */
async function* rowsOfServer(context: CommandContext): AsyncGenerator<Record<string, unknown>> {
  const client = context.client();
  let after: string | undefined;
  let last: unknown = null;
  for (;;) {
    const query = after === undefined ? "" : `&after=${encodeURIComponent(after)}`;
    const page = await client.expect(`/v1/audit?limit=500${query}`);
    for (const item of Array.isArray(page["items"]) ? (page["items"] as unknown[]) : []) {
      if (!isRecord(item)) continue;
      last = item["hash"];
      yield item;
    }
    after = textOf(page["next"]);
    if (after !== undefined) continue;
    const head = isRecord(page["head"]) ? page["head"] : null;
    // Rows written since the page was read end the chain later than its head, never earlier.
    if (head !== null && head["hash"] !== last) yield { ...head, tenantId: "", at: "", details: {} };
    return;
  }
}

async function* rowsOfFile(file: string): AsyncGenerator<Record<string, unknown>> {
  const lines = createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY });
  try {
    for await (const line of lines) {
      if (line.trim() === "") continue;
      const row: unknown = JSON.parse(line);
      if (!isRecord(row)) throw new TypeError("not a row");
      yield row;
    }
  } catch (cause) {
    if (cause instanceof Error && "code" in cause) {
      throw new CliError("usage", `The file ${file} cannot be read (${String(cause.code)}).`, { cause });
    }
    throw new CliError("usage", `${file} is no export of the audit: each line must be one JSON row.`, { cause });
  }
}

function toRow(json: Record<string, unknown>): AuditedRow {
  const text = (name: string): string => textOf(json[name]) ?? "";
  return {
    tenantId: text("tenantId"),
    sequence: typeof json["sequence"] === "number" ? json["sequence"] : 0,
    atMs: Date.parse(text("at")),
    actor: text("actor"),
    action: text("action"),
    target: text("target"),
    // Whatever stands there is hashed as it stands; what was not written so does not match.
    details: isRecord(json["details"]) ? (json["details"] as AuditedRow["details"]) : {},
    hash: text("hash"),
  };
}
