import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { callFunction, createCallId } from "../local/call.ts";
import { fixture, golden } from "../local/fixtures.ts";
import { startSink } from "../local/sink.ts";
import { createCleanup } from "./image/cleanup.ts";
import { type Engine, SOCKET_DIRECTORY, TEST_ID } from "./image/engine.ts";
import { findEngine } from "./image/find-engine.ts";
import { functionSettings } from "./image/function-settings.ts";
import { type Inside, probe, probeImage } from "./image/probe.ts";
import { copyProject, type ProjectCopy } from "./image/project-copy.ts";
import { serve } from "./image/serve.ts";
import { buildStandIns } from "./image/stand-in.ts";

const TIMEOUT_MS = 240_000;
const CALL_TIMEOUT_MS = 30_000;
const FIXTURE = "instance-launched";
const SECRET_KEY = "image-secret-key-of-32-characters";

const cleanup = createCleanup();
const found = await findEngine(cleanup);
const isRequired = Boolean(process.env.CI || process.env.RELAY_REQUIRE_BUILDER);
const skipped = "missing" in found && !isRequired ? found.missing : undefined;
if (skipped !== undefined) console.warn(`The image is not tested: ${skipped}.`);

describe("func.yaml", () => {
  // What the CLI reads (its common/funcfile.go), less what a Dockerfile or OCI leaves unused: build_image, cmd, idle_timeout …
  const KEPT = ["schema_version", "name", "version", "runtime", "content_type", "type", "memory", "timeout"];

  test("says nothing that fn deploy drops", () => {
    expect([...functionSettings().keys()].filter((name) => !KEPT.includes(name))).toEqual([]);
  });

  test("has the project's name and version, and fits the platform", async () => {
    const { name, version } = JSON.parse(await readFile(new URL("../package.json", import.meta.url), "utf8"));
    const { timeout, ...settings } = Object.fromEntries(functionSettings());
    expect(settings).toMatchObject({ schema_version: "20180708", name, version, runtime: "docker", memory: "256" });
    expect(Number(timeout)).toSatisfy((seconds: number) => seconds >= 1 && seconds <= 300);
  });
});

describe("the Dockerfile", () => {
  test("builds on Fn's images of Node unless told otherwise, and ends as uid 1000", async () => {
    const lines = (await readFile(new URL("../Dockerfile", import.meta.url), "utf8")).split("\n");
    const lastStage = lines.slice(lines.findLastIndex((line) => line.startsWith("FROM ")));
    expect({
      args: lines.filter((line) => line.startsWith("ARG ")),
      from: lines.filter((line) => line.startsWith("FROM ")),
      user: lastStage.filter((line) => line.startsWith("USER ")),
    }).toEqual({
      args: ["ARG BUILD_IMAGE=fnproject/node:22-dev", "ARG RUN_IMAGE=fnproject/node:22"],
      // biome-ignore lint/suspicious/noTemplateCurlyInString: as a Dockerfile writes it
      from: ["FROM ${BUILD_IMAGE} AS build", "FROM ${RUN_IMAGE}"],
      user: ["USER 1000:1000"],
    });
  });
});

const title = skipped === undefined ? "the image" : `the image (not tested: ${skipped})`;
describe.skipIf(skipped !== undefined)(title, { timeout: TIMEOUT_MS }, () => {
  const tags = {
    run: `localhost/${TEST_ID}:node`,
    dev: `localhost/${TEST_ID}:node-dev`,
    image: `localhost/${TEST_ID}:relay`,
    context: `localhost/${TEST_ID}:context`,
  };
  let engine: Engine;
  let directory: string;
  let project: ProjectCopy;
  let base: Inside;

  beforeAll(async () => {
    if ("missing" in found) throw new Error(`The image cannot be tested: ${found.missing}.`);
    engine = found;
    directory = await mkdtemp(join(tmpdir(), "relay-image-"));
    cleanup.defer(() => rm(directory, { recursive: true }));
    project = await copyProject(directory);
    await buildStandIns(engine, directory, tags);
    base = await probeImage(engine, tags.run);
    await engine.build({
      context: project.directory,
      dockerfile: join(project.directory, "Dockerfile"),
      tag: tags.image,
      args: { BUILD_IMAGE: tags.dev, RUN_IMAGE: tags.run },
    });
  }, TIMEOUT_MS);

  afterAll(() => cleanup.run(), TIMEOUT_MS);

  test("is built from what the build reads, and from nothing else that lies in the directory", async () => {
    const dockerfile = join(directory, "context.Dockerfile");
    await writeFile(dockerfile, `FROM ${tags.run}\nCOPY . /context\n`);
    await engine.build({ context: project.directory, dockerfile, tag: tags.context });
    const seen = await probeImage(engine, tags.context);
    const read =
      /^(package\.json|package-lock\.json|build\.mjs|bundle\.mjs|tsconfig\.json|relay\.config\.ts|(src|handlers)\/.*)$/;
    expect(below("/context/", seen.files)).toEqual(project.files.filter((file) => read.test(file)).sort());
  });

  test("holds beside its base the files of dist/ as a build here makes them, and nothing else", async () => {
    const { files } = await probeImage(engine, tags.image);
    const dist = Object.entries(project.dist).map(([file, hash]) => [`/function/${file}`, hash]);
    expect(sameCaches(files)).toEqual(sameCaches({ ...base.files, ...Object.fromEntries(dist) }));
  });

  test("delivers an event as uid 1000, with no capability, no new privilege and nothing to write", async () => {
    const sink = await startSink({ secretKey: SECRET_KEY });
    cleanup.defer(() => sink.close());
    const socketDirectory = join(directory, "iofs");
    await mkdir(socketDirectory);
    // For the container's user, who in a user namespace is not uid 1000 out here; the directory above is ours alone.
    await chmod(socketDirectory, 0o777);
    const memoryMb = Number(functionSettings().get("memory"));
    const container = await engine.create({
      ...{ image: tags.image, memoryMb, socketDirectory },
      env: {
        WEBHOOK_URL: `${sink.url}/webhook`,
        WEBHOOK_SECRET_KEY: SECRET_KEY,
        FN_MEMORY: String(memoryMb),
        FN_LISTENER: `unix:${SOCKET_DIRECTORY}/lsnr.sock`,
        FN_FORMAT: "http-stream",
      },
    });
    const socketPath = join(socketDirectory, "lsnr.sock");
    await serve(container.run, socketPath, cleanup);

    const call = { body: fixture(FIXTURE), callId: createCallId(), timeoutMs: CALL_TIMEOUT_MS };
    const answer = await callFunction(socketPath, call);
    expect(answer).toMatchObject({ status: 200, body: expect.stringContaining('"outcome":"delivered"') });
    const received = sink.received.map(({ event, token, body }) => ({ event, token, body: body.toString() }));
    const { event, body } = golden(FIXTURE);
    expect(received).toEqual([{ event, token: "valid", body }]);

    const inside = await probe(container.exec);
    expect(inside.writes).toEqual({ "/": "EROFS", "/function": "EROFS", "/tmp": "EROFS" });
    expect(inside.process).toEqual({
      Uid: "1000\t1000\t1000\t1000",
      Gid: "1000\t1000\t1000\t1000",
      NoNewPrivs: "1",
      ...{ CapInh: NO_CAPABILITY, CapPrm: NO_CAPABILITY, CapEff: NO_CAPABILITY },
      ...{ CapBnd: NO_CAPABILITY, CapAmb: NO_CAPABILITY },
    });
  });
});

const NO_CAPABILITY = "0".repeat(16);

/** V8 makes no two code caches alike: by name they must be the same. */
function sameCaches(files: Inside["files"]): Inside["files"] {
  return Object.fromEntries(Object.entries(files).map(([file, hash]) => [file, file.endsWith(".cache") ? "" : hash]));
}

function below(directory: string, files: Inside["files"]): string[] {
  return Object.keys(files)
    .flatMap((file) => (file.startsWith(directory) ? [file.slice(directory.length)] : []))
    .sort();
}
