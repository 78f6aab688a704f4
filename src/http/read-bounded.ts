import type { IncomingMessage } from "node:http";

/** The first bytes of a body as text. Ends with whatever came when the connection breaks, dawdles or says too much. */
export function readBounded(
  response: IncomingMessage,
  { maxMs, maxBytes }: { maxMs: number; maxBytes: number },
  done: (text: string, isWhole: boolean) => void,
): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  let isDone = false;
  const finish = () => {
    if (isDone) return;
    isDone = true;
    clearTimeout(timer);
    const isWhole = response.complete && bytes <= maxBytes;
    // A body that has ended leaves the connection to the next request.
    if (!response.complete) response.destroy();
    done(Buffer.concat(chunks).subarray(0, maxBytes).toString(), isWhole);
  };
  const timer = setTimeout(finish, maxMs);
  response.on("data", (chunk: Buffer) => {
    chunks.push(chunk);
    bytes += chunk.byteLength;
    if (bytes > maxBytes) finish();
  });
  response.on("end", finish);
  response.on("error", finish);
  response.on("close", finish);
}
