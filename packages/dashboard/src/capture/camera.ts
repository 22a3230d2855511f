import { type FrameQuality, fitInto, greyOf, judgeFrame } from "./judge-frame.ts";

/** Why there is no camera. */
export type CameraProblem = "cameraRefused" | "cameraMissing" | "cameraBusy";

/** A frame with what it looks like. */
export interface Shot {
  readonly image: Blob;
  readonly quality: FrameQuality;
  readonly width: number;
  readonly height: number;
}

/** A camera that runs. */
export interface Camera {
  readonly stream: MediaStream;
  /** The sharpest of a few frames in a row. */
  shoot(video: HTMLVideoElement): Promise<Shot | null>;
  /** Called once when the camera is taken away. */
  onEnded(listener: () => void): void;
  stop(): void;
}

/** What the engine looks at is no larger. */
const MOST_PIXELS = 960;
const FRAMES = 3;
const BETWEEN_FRAMES_MS = 60;
const JPEG_QUALITY = 0.92;
const SMALL = { width: 64, height: 48 } as const;

/** Asks for the camera on the person's side. */
export async function openCamera(devices: MediaDevices | undefined): Promise<Camera | CameraProblem> {
  // Browsers have no camera to give where the page came without encryption.
  if (devices === undefined) return "cameraMissing";
  try {
    const stream = await devices.getUserMedia({
      audio: false,
      video: { facingMode: "user", width: { ideal: 1280 }, height: { ideal: 960 } },
    });
    return cameraOver(stream);
  } catch (fault) {
    return problemOf(fault instanceof Error ? fault.name : "");
  }
}

function problemOf(name: string): CameraProblem {
  if (name === "NotAllowedError" || name === "SecurityError") return "cameraRefused";
  return name === "NotReadableError" || name === "AbortError" ? "cameraBusy" : "cameraMissing";
}

function cameraOver(stream: MediaStream): Camera {
  const large = document.createElement("canvas");
  const small = document.createElement("canvas");
  return {
    stream,
    shoot: async (video) => {
      if (video.videoWidth === 0) return null;
      let best: FrameQuality | null = null;
      for (let frame = 0; frame < FRAMES; frame += 1) {
        if (frame > 0) await pause(BETWEEN_FRAMES_MS);
        const quality = measure(video, small);
        if (best !== null && quality.sharpness <= best.sharpness) continue;
        best = quality;
        draw(video, large, fitInto({ width: video.videoWidth, height: video.videoHeight }, MOST_PIXELS));
      }
      const image = await jpegOf(large);
      return image === null || best === null
        ? null
        : { image, quality: best, width: large.width, height: large.height };
    },
    onEnded: (listener) => {
      for (const track of stream.getVideoTracks()) track.addEventListener("ended", listener, { once: true });
    },
    stop: () => {
      for (const track of stream.getTracks()) track.stop();
    },
  };
}

/** A picture file, upright and no larger than is looked at; `null`: the browser can't read it. */
export async function shotOfFile(file: Blob): Promise<Shot | null> {
  try {
    const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
    const large = document.createElement("canvas");
    draw(bitmap, large, fitInto(bitmap, MOST_PIXELS));
    const quality = measure(bitmap, document.createElement("canvas"));
    const image = await jpegOf(large);
    return image === null ? null : { image, quality, width: large.width, height: large.height };
  } catch {
    return null;
  }
}

function draw(
  from: HTMLVideoElement | ImageBitmap,
  canvas: HTMLCanvasElement,
  { width, height }: { readonly width: number; readonly height: number },
): CanvasRenderingContext2D | null {
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context?.drawImage(from, 0, 0, width, height);
  return context;
}

function measure(from: HTMLVideoElement | ImageBitmap, canvas: HTMLCanvasElement): FrameQuality {
  const rgba = draw(from, canvas, SMALL)?.getImageData(0, 0, SMALL.width, SMALL.height).data;
  return rgba === undefined ? { brightness: 0.5, sharpness: 0 } : judgeFrame(greyOf(rgba, SMALL));
}

async function jpegOf(canvas: HTMLCanvasElement): Promise<Blob | null> {
  return await new Promise((resolve) => {
    canvas.toBlob(resolve, "image/jpeg", JPEG_QUALITY);
  });
}

/** Lets some time pass. */
export async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
