import { readFile } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import { CliError } from "./cli-error.ts";

/** The bytes of a file the user named, `-`: standard input. @throws {CliError} `usage` when it cannot be read */
export async function readInput(path: string): Promise<Buffer> {
  if (path === "-") return await buffer(process.stdin);
  try {
    return await readFile(path);
  } catch (cause) {
    const reason = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown";
    throw new CliError("usage", `The file ${path} cannot be read (${reason}).`, { cause });
  }
}
