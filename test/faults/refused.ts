import { connect } from "node:net";

/**
 * The URL of a loopback port on which nobody listens. One of the lowest: a port that was free a moment ago may be anybody's the
 * next, and one that connections are made from may even answer itself.
 */
export async function refusedUrl(): Promise<string> {
  for (let port = 1; port < 1024; port++) {
    if (await isRefused(port)) return `http://127.0.0.1:${port}/hook`;
  }
  throw new Error("somebody listens on every port below 1024");
}

function isRefused(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(false);
    });
    socket.once("error", (error: NodeJS.ErrnoException) => resolve(error.code === "ECONNREFUSED"));
  });
}
