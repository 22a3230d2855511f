import type { Problem } from "../inspection.ts";
import type { Limits } from "../limits.ts";
import type { Header, HeaderResult } from "./header.ts";
import type { ImageFormat } from "./image-format.ts";
import { walkJpeg } from "./walk-jpeg.ts";
import { walkPng } from "./walk-png.ts";
import { walkWebp } from "./walk-webp.ts";

/** The limits that can be judged before decoding. */
export type HeaderLimits = Pick<Limits, "maxPixels" | "minSide" | "maxSide" | "maxScans">;

/** A header, with its problem of size if it has one; or the problem that left none. */
export type JudgedHeader =
  | { readonly header: Header; readonly problem: "too_small" | "too_many_pixels" | null }
  | { readonly header: null; readonly problem: Problem };

/**
 * Reads and judges a file's header with our own code, before a decoder sees a byte of it.
 * @returns the header, also beside a problem of size; `too_many_scans` and `corrupt` come without one
 * @see engine.md §3
 */
export function readHeader(
  bytes: Uint8Array,
  options: { readonly format: ImageFormat; readonly limits: HeaderLimits },
): JudgedHeader {
  const result = walk(bytes, options);
  if (!result.ok) return { header: null, problem: result.problem };
  return { header: result.header, problem: sizeProblem(result.header, options.limits) };
}

function walk(
  bytes: Uint8Array,
  options: { readonly format: ImageFormat; readonly limits: HeaderLimits },
): HeaderResult {
  switch (options.format) {
    case "jpeg":
      return walkJpeg(bytes, { maxScans: options.limits.maxScans });
    case "png":
      return walkPng(bytes);
    case "webp":
      return walkWebp(bytes);
  }
}

function sizeProblem({ width, height }: Header, limits: HeaderLimits): "too_small" | "too_many_pixels" | null {
  if (Math.max(width, height) > limits.maxSide || width * height > limits.maxPixels) return "too_many_pixels";
  return Math.min(width, height) < limits.minSide ? "too_small" : null;
}
