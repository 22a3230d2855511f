import { readFileSync } from "node:fs";
import sharp from "sharp";
import type { PeerAnswer } from "./peer.ts";

/** Raw RGB of a whole picture. */
export interface Rgb {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** The peer's side of the pipe: decodes as we do, then lets the peer embed. */
export function servePeer(embed: (picture: Rgb) => Promise<readonly number[]>): void {
  process.on("message", (message: { readonly file: string }) => {
    void look(message.file, embed).then((answer) => process.send?.(answer));
  });
  process.send?.("ready");
}

async function look(file: string, embed: (picture: Rgb) => Promise<readonly number[]>): Promise<PeerAnswer> {
  const startedAt = performance.now();
  const cpuBefore = process.cpuUsage();
  const { data, info } = await sharp(readFileSync(file)).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const embedding = await embed({ data, width: info.width, height: info.height });
  const { user, system } = process.cpuUsage(cpuBefore);
  const cpuMs = (user + system) / 1000;
  return { ms: performance.now() - startedAt, cpuMs, embedding, rssMb: process.memoryUsage.rss() / 1e6 };
}
