import { spawn } from "node:child_process";
import { join } from "node:path";

/** What a file of this folder prints, as JSON, when it is run with a request. */
export async function runInProcess<Report>(file: string, request: object): Promise<Report> {
  const args = ["--conditions=@sameface/source", join(import.meta.dirname, file), JSON.stringify(request)];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const chunks: Buffer[] = [];
  for await (const chunk of child.stdout) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString("utf8")) as Report;
}
