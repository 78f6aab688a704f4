import { randomBytes } from "node:crypto";

/** Builds images and runs them. What it makes, it hands to a cleanup to remove. */
export interface Engine {
  name: string;
  /** Never pulls: every base is an image of this machine. */
  build: (options: {
    context: string;
    dockerfile: string;
    tag: string;
    args?: Record<string, string>;
  }) => Promise<void>;
  /** Makes a container that is ready to run. */
  create: (sandbox: Sandbox) => Promise<Container>;
}

/** As Fn's agent runs an image: read-only root, no capabilities, no new privileges. In the network of this machine. */
export interface Sandbox {
  image: string;
  memoryMb: number;
  /** In place of the image's own. */
  command?: readonly string[];
  env?: Readonly<Record<string, string>>;
  /** Of this machine; inside it is SOCKET_DIRECTORY, the one place to write. */
  socketDirectory?: string;
}

/** Command lines, for no shell. */
export interface Container {
  /** Runs it in the foreground. */
  run: readonly string[];
  /** Runs a command inside, while it runs. */
  exec: (command: readonly string[]) => readonly string[];
}

export const SOCKET_DIRECTORY = "/tmp/iofs";

/** In every name that a run of the test gives. */
export const TEST_ID = `oci-event-relay-test-${randomBytes(6).toString("hex")}`;

// The Fn agent's.
export const MAX_PIDS = 50;
export const MAX_OPEN_FILES = 350;

export const BUILD_TIMEOUT_MS = 120_000;
export const STEP_TIMEOUT_MS = 30_000;
