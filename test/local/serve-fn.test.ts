import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test } from "vitest";
import { serveLoopback } from "../../local/loopback.ts";
import { REPLIES } from "./fn-client.ts";
import { untilGone } from "./until-gone.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

let child: ChildProcess | undefined;
afterEach(() => {
  child?.kill("SIGKILL");
});

function start(args: string[], env: Record<string, string> = {}) {
  const started = spawn(process.execPath, ["--import", "tsx", "local/serve-fn.ts", ...args], {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  child = started;
  const exitCode = new Promise<number | null>((resolve) => started.on("close", resolve));
  return { stdout: started.stdout, stderr: started.stderr, exitCode, end: () => started.kill("SIGTERM") };
}

async function run(args: string[], env?: Record<string, string>) {
  const { stdout, stderr, exitCode } = start(args, env);
  const [out, err, code] = await Promise.all([text(stdout), text(stderr), exitCode]);
  return { out, err, code };
}

describe("npm run fn-server", () => {
  test("serves the images that it is given until it is ended, and leaves no container behind", async () => {
    const args = ["--port", "0", "--image", `mine=${REPLIES}`, "--env", "GIVEN=1", "--env", "TAKEN"];
    const { stdout, stderr, exitCode, end } = start(args, { TAKEN: "2", OTHER: "3" });
    const lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
    const { value: first } = await lines.next();
    const url = /^Fn server at (\S+), for images named oci-event-relay, mine\. Ctrl-C ends it\.$/.exec(first)?.[1];
    expect((await lines.next()).value).toBe(`In another terminal: export FN_API_URL=${url}`);
    const post = async (path: string, body: unknown) =>
      (await fetch(url + path, { method: "POST", body: JSON.stringify(body) })).json();
    const { id: app_id } = await post("/v2/apps", { name: "app" });
    const { id } = await post("/v2/fns", { app_id, name: "fn", image: "mine" });
    const { pid, env } = await post(`/invoke/${id}`, {});
    expect(env).toMatchObject({ GIVEN: "1", TAKEN: "2" });
    expect(env).not.toHaveProperty("OTHER");
    await fetch(`${url}/t/x%0A/\u001b[2J`);
    end();
    const err = (await text(stderr)).split("\n").filter((line) => line !== "");
    expect([...err].sort()).toEqual(
      [
        ...["POST /v2/apps 200", "POST /v2/fns 200", `POST /invoke/${id} 200`, `fn | called ${pid}`],
        "GET /t/x%0A/%1B[2J 404",
      ].sort(),
    );
    expect(await exitCode).toBe(143);
    await untilGone(pid);
  });

  test("says which other port to try when one is taken", async () => {
    const taken = await serveLoopback(() => ({ status: 200 }));
    try {
      const { port } = new URL(taken.url);
      expect(await run(["--port", port])).toEqual({
        out: "",
        err: `Cannot listen on 127.0.0.1:${port}: something else does; end it or choose another port with --port.\n`,
        code: 1,
      });
    } finally {
      await taken.close();
    }
  });

  test("tells how it is used", async () => {
    const { out, err, code } = await run(["--help"]);
    expect([out.startsWith("Usage: npm run fn-server -- [options]\n"), err, code]).toEqual([true, "", 0]);
  });

  test.each([
    [["--port", "x"], '--port: a whole number from 0 (any free one) to 65535, got "x"'],
    [["--port", "65536"], '--port: a whole number from 0 (any free one) to 65535, got "65536"'],
    [["--image", "a"], '--image: <name>=<file>, the name without registry and tag, got "a"'],
    [["--image", "a=/nowhere.js"], "--image a: /nowhere.js is no file"],
    [["--image", "me/a=b"], '--image: <name>=<file>, the name without registry and tag, got "me/a=b"'],
    [["--env", "=b"], '--env: <name>[=<value>], got "=b"'],
    [["--env", "NOT_SET_HERE"], "--env NOT_SET_HERE: no value given, and this environment has none"],
    [["--what"], "Unknown option '--what'"],
    [["what"], "Unexpected argument 'what'"],
  ])("refuses %j", async (args, problem) => {
    const { out, err, code } = await run(args);
    expect([out, code, err.startsWith(problem), err.includes("\n\nUsage: ")]).toEqual(["", 2, true, true]);
  });
});
