import { Socket } from "node:net";
import { servePictures } from "./serve-pictures.ts";

// The entry of a child process. Its pipe is descriptor 3: a library that prints cannot get in between the frames.
const channel = new Socket({ fd: 3, readable: true, writable: true });

// The parent is gone, or wants no more. Not process.exit: that waits for the decoder's threads, which may be at a
// bomb for half a minute.
channel.once("close", () => process.kill(process.pid, "SIGKILL"));
channel.on("error", () => undefined);

servePictures(channel);
