import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { request } from "node:https";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { CERTIFICATES } from "../faults/certificates.ts";

const OURS = path.resolve(import.meta.dirname, "../../deploy/nginx/sameface.conf");
/** Debian has it on root's path alone. */
const NGINX = "/usr/sbin/nginx";

/** Whether the proxy is installed. */
export function hasProxy(): boolean {
  return existsSync(NGINX);
}

/** nginx with the configuration that `deploy/` ships, on loopback. */
export interface TlsProxy {
  readonly url: string;
  close(): Promise<void>;
}

/** @param options.port where it listens; @param options.nodes the ports of two api nodes */
export async function startTlsProxy(options: {
  readonly port: number;
  readonly nodes: readonly [number, number];
}): Promise<TlsProxy> {
  const folder = await mkdtemp(path.join(tmpdir(), "sameface-proxy-"));
  const conf = await writeFiles(folder, options);
  const child = spawn(NGINX, ["-p", folder, "-e", "stderr", "-c", conf], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const lines: string[] = [];
  await new Promise<void>((resolve, reject) => {
    createInterface({ input: child.stderr }).on("line", (line) => {
      lines.push(line);
      if (line.includes("start worker process ")) resolve();
    });
    child.once("exit", () => {
      reject(new Error(lines.join("\n")));
    });
  });
  return {
    url: `https://127.0.0.1:${options.port}`,
    close: async () => {
      const exited = once(child, "exit");
      child.kill("SIGTERM");
      await exited;
      await rm(folder, { recursive: true });
    },
  };
}

/** @returns the configuration: ours as it is, but for ports and paths, in a file that runs without rights and traces */
async function writeFiles(folder: string, options: Parameters<typeof startTlsProxy>[0]): Promise<string> {
  const file = (name: string): string => path.join(folder, name);
  const { cert, key } = CERTIFICATES.good;
  await writeFile(file("cert.pem"), cert);
  await writeFile(file("key.pem"), key, { mode: 0o600 });
  const [one, other] = options.nodes;
  const server = replaced(readFileSync(OURS, "utf8"), {
    "listen 443 ssl": `listen 127.0.0.1:${options.port} ssl`,
    "127.0.0.1:8081": `127.0.0.1:${one}`,
    "127.0.0.1:8082": `127.0.0.1:${other}`,
    "/etc/ssl/sameface/cert.pem": file("cert.pem"),
    "/etc/ssl/sameface/key.pem": file("key.pem"),
  });
  const kept = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `${name}_temp_path ${file(name)};`);
  const whole = `daemon off; user root; worker_processes 1; pid ${file("pid")}; error_log stderr notice; events {}
    http { access_log off; ${kept.join(" ")} ${server} }`;
  await writeFile(file("nginx.conf"), whole);
  return file("nginx.conf");
}

function replaced(text: string, changes: Readonly<Record<string, string>>): string {
  return Object.entries(changes).reduce((now, [from, to]) => {
    if (now.split(from).length !== 2) throw new Error(`the configuration does not hold once: ${from}`);
    return now.replace(from, to);
  }, text);
}

/** A port that nobody has at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new TypeError("a port was asked for");
  return address.port;
}

/** One request over TLS that trusts the tests' authority alone. */
export interface TlsCall {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Of loopback: who seems to call. */
  readonly from?: string;
  /** Called with each piece of the answer as it comes; what it answers with true ends the exchange. */
  readonly onText?: (text: string) => boolean;
}

/** What it was answered. */
export interface TlsAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
}

export async function callOverTls(url: string, call: TlsCall = {}): Promise<TlsAnswer> {
  const { method = "GET", body, from, onText, headers = {} } = call;
  return await new Promise((resolve, reject) => {
    const sent = request(
      url,
      {
        method,
        agent: false,
        ca: CERTIFICATES.authority.cert,
        ...(from === undefined ? {} : { localAddress: from }),
        headers: { ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers },
      },
      (response) => {
        let text = "";
        const end = (): void => {
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
        };
        response.setEncoding("utf8");
        response.on("data", (piece: string) => {
          text += piece;
          if (onText?.(text) !== true) return;
          end();
          sent.destroy();
        });
        response.on("end", end);
        response.on("error", reject);
      },
    );
    sent.on("error", reject);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
