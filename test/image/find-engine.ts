import { hostname } from "node:os";
import { createBuildah } from "./buildah.ts";
import type { Cleanup } from "./cleanup.ts";
import { createDocker } from "./docker.ts";
import type { Engine } from "./engine.ts";
import { execute } from "./execute.ts";

const ASK_TIMEOUT_MS = 15_000;

/** What this machine has to build and run images with, or what is missing for that. */
export async function findEngine(cleanup: Cleanup): Promise<Engine | { missing: string }> {
  if (process.platform !== "linux" || process.arch !== "x64") {
    return { missing: "the base images are made of this machine's own files, which takes Linux on x64" };
  }
  // An engine elsewhere, or in a network of its own, cannot be given a directory to share or reach 127.0.0.1.
  const docker = await said("docker", "info", "--format", "{{.Name}} {{.SecurityOptions}}");
  if (docker.startsWith(`${hostname()} `) && !docker.includes("rootless")) return createDocker("docker", cleanup);
  const podman = await said("podman", "info", "--format", "{{.Host.Hostname}}");
  if (podman === hostname()) return createDocker("podman", cleanup);
  if (process.getuid?.() === 0 && (await said("buildah", "--version")) && (await said("runc", "--version"))) {
    return createBuildah(cleanup);
  }
  return {
    missing:
      "nothing here builds images; install Docker and start its engine, or Podman, or (to be used as root) buildah and " +
      "runc: apt-get install buildah runc",
  };
}

async function said(...command: string[]): Promise<string> {
  try {
    return (await execute(command, { timeoutMs: ASK_TIMEOUT_MS })).trim();
  } catch {
    return "";
  }
}
