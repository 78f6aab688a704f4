import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { type AddressInfo, connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";
import { codeOf } from "./examples.ts";

/** What is run of the page, and which of its programs stand in which file. */
export interface Program {
  command: readonly string[];
  /** File -> name of the example. */
  files: Readonly<Record<string, string>>;
}

export interface Sent {
  path?: string;
  method?: string;
  headers: Record<string, string>;
  /** Absent: only the headers are sent. */
  body?: Buffer | undefined;
}

export interface Running {
  url: string;
  send: (sent: Sent) => Promise<{ status: number; retryAfter: string | undefined }>;
  /** What it has printed, a line for each event that it worked on, up to this line; the next call goes on behind it. */
  workUntil: (last: unknown) => Promise<unknown[]>;
  stop: () => Promise<void>;
}

const MODULES = fileURLToPath(new URL("../../node_modules", import.meta.url));

/** A folder with a program's files, where it finds the project's packages. */
export function folderWith(files: Program["files"]): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), "relay-receiving-"));
  for (const [file, name] of Object.entries(files)) writeFileSync(join(path, file), codeOf(name));
  symlinkSync(MODULES, join(path, "node_modules"));
  return { path, remove: () => rmSync(path, { recursive: true }) };
}

export async function startReceiver({ command, files }: Program, env: Record<string, string>): Promise<Running> {
  const folder = folderWith(files);
  const port = await freePort();
  const [program = "", ...args] = command;
  const child = spawn(program, args, {
    cwd: folder.path,
    env: { PATH: process.env.PATH, PORT: String(port), ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const closed = new Promise((resolve) => child.once("close", resolve));
  await listening(port, child);
  return {
    url: `http://127.0.0.1:${port}`,
    send: (sent) => sendTo(port, sent),
    async workUntil(last) {
      const work: unknown[] = [];
      for (;;) {
        const { value = "null", done } = await lines.next();
        const event: unknown = JSON.parse(value);
        if (done || isDeepStrictEqual(event, last)) return work;
        work.push(event);
      }
    },
    async stop() {
      child.kill();
      await closed;
      folder.remove();
    },
  };
}

export function isInstalled(program: string, version: string): boolean {
  return spawnSync(program, [version]).status === 0;
}

function sendTo(
  port: number,
  { path = "/webhook", method = "POST", headers, body }: Sent,
): ReturnType<Running["send"]> {
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { "Content-Length": body.byteLength };
    const outgoing = request({
      host: "127.0.0.1",
      port,
      path,
      method,
      headers: { ...headers, ...length },
      agent: false,
    });
    outgoing.on("error", reject);
    outgoing.on("response", ({ statusCode = 0, headers: answered }) => {
      resolve({ status: statusCode, retryAfter: answered["retry-after"] });
      // It may wait for a body that does not come.
      outgoing.removeListener("error", reject);
      outgoing.on("error", () => {});
      outgoing.destroy();
    });
    if (body === undefined) outgoing.flushHeaders();
    else outgoing.end(body);
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

/** Until it takes connections. A program of the page does not say when that is. */
async function listening(port: number, child: ChildProcess): Promise<void> {
  while (child.exitCode === null) {
    const isOpen = await new Promise((resolve) => {
      const socket = connect(port, "127.0.0.1");
      socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
      socket.once("connect", () => socket.destroy());
    });
    if (isOpen) return;
    await sleep(10);
  }
  throw new Error(`the receiver ended with ${child.exitCode} before it listened`);
}
