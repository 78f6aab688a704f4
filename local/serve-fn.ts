import { statSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { ENTRY } from "./container.ts";
import { type FnServerOptions, startFnServer } from "./fn-api/server.ts";
import { exitOnSignals } from "./signals.ts";
import { printable } from "./terminal.ts";

const USAGE = `Usage: npm run fn-server -- [options]

A local Fn server for the fn command, on 127.0.0.1 only and without Docker: it runs the built function in place of every
image named oci-event-relay, whatever its registry and tag. All that it is told is forgotten when it ends.

  --port <number>         default 8080, where fn looks for it
  --image <name>=<file>   run this JavaScript file in place of the images of that name; may be repeated
  --env <name>[=<value>]  for every function, unless its config says otherwise; without a value that of this
                          environment; may be repeated
  -h, --help

From another terminal:

  export FN_API_URL=http://localhost:8080
  fn create app relay
  fn create function relay oci-event-relay oci-event-relay:latest --memory 256 --timeout 60
  fn config function relay oci-event-relay WEBHOOK_URL https://example.com/hook
  fn invoke --content-type application/json relay oci-event-relay < test/fixtures/instance-launched.json

fn deploy --local works too, where there is a docker for fn to build the image with. Answers and the functions' logs go
to stderr.`;

const WRONG_USAGE = 2;

exitOnSignals();
await main();

async function main(): Promise<void> {
  const options = optionsOf();
  if (options === undefined) return;
  try {
    const { url } = await startFnServer({
      ...options,
      onLog: (line, fnName) => console.error(printable(`${fnName} | ${line}`)),
      onAnswer: (line) => console.error(printable(line)),
    });
    const names = [...(options.images?.keys() ?? [])].join(", ");
    console.log(`Fn server at ${url}, for images named ${names}. Ctrl-C ends it.`);
    console.log(`In another terminal: export FN_API_URL=${url}`);
  } catch (error) {
    console.error(`Cannot listen on 127.0.0.1:${options.port}: ${reasonOf(error)}.`);
    process.exitCode = 1;
  }
}

function reasonOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === "EADDRINUSE") return "something else does; end it or choose another port with --port";
  if (code === "EACCES") return "not allowed; choose a port above 1023 with --port";
  throw error;
}

/** Undefined if there is nothing to serve: then why was told, and the exit code set. */
function optionsOf(): FnServerOptions | undefined {
  try {
    const { values } = parseArgs({
      options: {
        port: { type: "string", default: "8080" },
        image: { type: "string", multiple: true, default: [] },
        env: { type: "string", multiple: true, default: [] },
        help: { type: "boolean", short: "h" },
      },
    });
    if (!values.help) {
      const images = new Map([["oci-event-relay", ENTRY], ...values.image.map(imageOf)]);
      return { port: portOf(values.port), images, environment: Object.fromEntries(values.env.map(variableOf)) };
    }
    console.log(USAGE);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${USAGE}`);
    process.exitCode = WRONG_USAGE;
  }
  return undefined;
}

function portOf(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new Error(`--port: a whole number from 0 (any free one) to 65535, got ${JSON.stringify(text)}`);
}

function imageOf(text: string): [string, string] {
  const [, name, file] = /^([^=/:@]+)=(.+)$/.exec(text) ?? [];
  if (name === undefined || file === undefined) {
    throw new Error(`--image: <name>=<file>, the name without registry and tag, got ${JSON.stringify(text)}`);
  }
  // npm changes to the project's root, so that a path is meant from where it was called.
  const path = resolve(process.env.INIT_CWD ?? "", file);
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) throw new Error(`--image ${name}: ${path} is no file`);
  return [name, path];
}

function variableOf(text: string): [string, string] {
  const [, name, value = process.env[name ?? ""]] = /^([^=]+)(?:=(.*))?$/s.exec(text) ?? [];
  if (name === undefined) throw new Error(`--env: <name>[=<value>], got ${JSON.stringify(text)}`);
  if (value === undefined) throw new Error(`--env ${name}: no value given, and this environment has none`);
  return [name, value];
}
