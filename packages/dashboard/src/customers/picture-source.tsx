import { useEffect, useRef, useState } from "react";
import { Button } from "../kit/button.tsx";
import { Icon } from "../kit/icon.tsx";

/** A picture that is about to be sent. */
export interface Picture {
  readonly blob: Blob;
  readonly name: string;
}

interface PictureParts {
  readonly picture: Picture | null;
  readonly onPicture: (picture: Picture | null) => void;
}

/** Takes a picture from a file or from the camera, and shows it before it is sent. */
export function PictureSource({ picture, onPicture }: PictureParts) {
  const [filming, setFilming] = useState(false);
  const stop = (): void => {
    setFilming(false);
  };
  return (
    <div className="picture">
      {filming ? (
        <Camera
          onPicture={(taken) => {
            stop();
            onPicture(taken);
          }}
          onStop={stop}
        />
      ) : (
        <Still
          picture={picture}
          onPicture={onPicture}
          onFilm={() => {
            onPicture(null);
            setFilming(true);
          }}
        />
      )}
    </div>
  );
}

function Still({ picture, onPicture, onFilm }: PictureParts & { readonly onFilm: () => void }) {
  const file = useRef<HTMLInputElement>(null);
  return (
    <>
      <div className="frame">
        {picture === null ? (
          <span className="note row">
            <Icon name="camera" /> One face, bare, looking at the camera
          </span>
        ) : (
          <Shown picture={picture} />
        )}
      </div>
      <div className="row">
        <Button
          icon="upload"
          onPress={() => {
            file.current?.click();
          }}
        >
          Choose a file
        </Button>
        <Button icon="camera" onPress={onFilm}>
          Use the camera
        </Button>
        <span className="faint small verbatim">{picture?.name}</span>
      </div>
      <input
        ref={file}
        className="hidden"
        type="file"
        tabIndex={-1}
        aria-label="Picture file"
        accept="image/jpeg,image/png,image/webp"
        onChange={(event) => {
          const chosen = event.target.files?.[0];
          if (chosen !== undefined) onPicture({ blob: chosen, name: chosen.name });
        }}
      />
    </>
  );
}

function Shown({ picture: { blob, name } }: { readonly picture: Picture }) {
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    const made = URL.createObjectURL(blob);
    setUrl(made);
    return () => {
      URL.revokeObjectURL(made);
    };
  }, [blob]);
  return url === null ? null : <img src={url} alt={`To be sent: ${name}`} />;
}

interface CameraParts {
  readonly onPicture: (taken: Picture) => void;
  readonly onStop: () => void;
}

function Camera({ onPicture, onStop }: CameraParts) {
  const video = useRef<HTMLVideoElement>(null);
  const [state, setState] = useState<"asking" | "on" | "refused">("asking");
  useEffect(() => {
    const ended = new AbortController();
    let stream: MediaStream | null = null;
    const stop = (): void => {
      for (const track of stream?.getTracks() ?? []) track.stop();
    };
    openCamera().then(
      (opened) => {
        stream = opened;
        if (ended.signal.aborted) {
          stop();
          return;
        }
        if (video.current !== null) video.current.srcObject = opened;
      },
      () => {
        setState("refused");
      },
    );
    return () => {
      ended.abort();
      stop();
    };
  }, []);
  const take = async (): Promise<void> => {
    const blob = video.current === null ? null : await frameOf(video.current);
    if (blob !== null) onPicture({ blob, name: "from the camera" });
  };
  return (
    <>
      <div className="frame">
        {state === "refused" ? (
          <span className="note" role="alert">
            No camera: it was refused, or there is none. Over plain http browsers give none but on this machine.
          </span>
        ) : (
          // What the camera sees has no sound to write out.
          <video
            ref={video}
            autoPlay
            muted
            playsInline
            aria-label="What the camera sees"
            onLoadedData={() => {
              setState("on");
            }}
          />
        )}
      </div>
      <div className="row">
        <Button kind="primary" icon="camera" disabled={state !== "on"} onPress={() => void take()}>
          Take the picture
        </Button>
        <Button onPress={onStop}>Stop</Button>
      </div>
    </>
  );
}

async function openCamera(): Promise<MediaStream> {
  // The type says that it is always there; over plain http it is not.
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  if (devices === undefined) throw new Error("no camera");
  return await devices.getUserMedia({ video: { facingMode: "user", width: { ideal: 1280 } }, audio: false });
}

/** What is seen now, not mirrored: as it is measured. */
async function frameOf(video: HTMLVideoElement): Promise<Blob | null> {
  const canvas = document.createElement("canvas");
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  canvas.getContext("2d")?.drawImage(video, 0, 0);
  return await new Promise((resolve) => {
    canvas.toBlob(resolve, "image/jpeg", 0.95);
  });
}
