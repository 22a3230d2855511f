import { picture } from "../http/scripted-engine.fixture.ts";

/** The least that is a JPEG to whoever reads its header, so that it is kept where pictures are. */
const JPEG = Buffer.from("ffd8ffc00011080040004003012200021101031101ffda000c03010002110311003f0000ffd9", "hex");

type Script = Parameters<typeof picture>[0];

/** A scripted picture as a file whose header is one: the script stands behind its end. */
export function fileOf(script: Script): Buffer {
  return Buffer.concat([JPEG, picture(script)]);
}

/** The script of {@link fileOf}. */
export function scriptOf(file: Uint8Array): Uint8Array {
  return file.subarray(JPEG.length);
}
