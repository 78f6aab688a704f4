import { expect } from "vitest";
import { fixture } from "../../local/fixtures.ts";
import { LOCAL_BUCKET, type Rig, replyOf, startRig } from "../../local/rig.ts";
import type { EventReply } from "../../src/outcome.ts";
import { relayOf } from "../custom-relay.ts";
import { freshEvent } from "../fresh-event.ts";
import { aSecret } from "../leaks/secret.ts";

export interface LabOptions {
  /** A whole relay.config.ts; without one the function is the one that its configuration drives. */
  relay?: string | undefined;
  /** The function's configuration, as a page has it. */
  settings?: Record<string, string>;
  /** What stands in the page -> what stands for it here: the origin of a receiver, the OCID of a topic. */
  places?: ((rig: Rig) => Record<string, string>) | undefined;
  /** The last part of an OCID -> the secret that is in the vault under it; any other is of our own making. */
  secrets?: (rig: Rig) => Record<string, string>;
  /** Of the function's process, or what is needed to reach a receiver here. */
  config?: Record<string, string>;
}

export interface Lab {
  rig: Rig;
  /** Last part of its OCID -> every secret that the page names. */
  secrets: Record<string, string>;
  /** One event, of that fixture, that nobody has seen. */
  invoke: (name?: string) => Promise<EventReply>;
  /** The very event of the fixture: the samples of the pages have its id. */
  invokeSame: (name: string) => Promise<EventReply>;
}

const SECRET_OCID = /ocid1\.vaultsecret\.[a-z0-9.]+/g;

/** The function as a page has it configured, its receivers and OCI being on this machine. */
export async function startLab(options: LabOptions): Promise<Lab> {
  const { relay, settings = {}, config = {} } = options;
  const rig = await startRig({
    timeoutMs: 10_000,
    ...(relay !== undefined && { entry: await entryOf(relay) }),
    config: { WEBHOOK_URL: "", WEBHOOK_SECRET_KEY: "", ONS_TOPIC_ID: "" },
  });
  rig.sink.secretKey = undefined;
  const placed = Object.entries(settings).map(([name, value]) => [
    name,
    Object.entries(options.places?.(rig) ?? {}).reduce((text, [there, ours]) => text.replaceAll(there, ours), value),
  ]);
  Object.assign(rig.config, Object.fromEntries(placed), { DEAD_LETTER_BUCKET: LOCAL_BUCKET }, config);
  const secrets = secretsOf(`${relay} ${JSON.stringify(settings)}`, options.secrets?.(rig) ?? {}, rig);
  return {
    rig,
    secrets,
    invoke: (name = "instance-launched") => send(rig, freshEvent(fixture(name))),
    invokeSame: (name) => send(rig, fixture(name)),
  };
}

const entries = new Map<string, Promise<string>>();

/** Built once for all tests of a file. */
function entryOf(example: string): Promise<string> {
  const known = entries.get(example) ?? relayOf(here(example));
  entries.set(example, known);
  return known;
}

/** The example, but for the service of OCI that it reads secrets from, its bucket, and the address that all names lead to here. */
function here(example: string): string {
  if (!/^export default /m.test(example)) throw new Error("a relay.config.ts has an export default");
  return `${example.replace(/^export default /m, "const example = ")}
    export default (sources) => {
      const definition = example(sources);
      const { config } = definition;
      const ociEndpointUrl = sources.env("OCI_ENDPOINT_URL");
      const ours = { deadLetterBucket: "${LOCAL_BUCKET}", egressAllow: config.egressAllow ?? ["127.0.0.1"] };
      return { ...definition, config: { ...config, ociEndpointUrl, ...ours } };
    };`;
}

function secretsOf(text: string, given: Record<string, string>, rig: Rig): Record<string, string> {
  const ids = [...new Set(text.match(SECRET_OCID))];
  const secrets = ids.map((id) => {
    const name = id.slice(id.lastIndexOf(".") + 1);
    const secret = given[name] ?? aSecret(name);
    rig.secrets.put(id, secret);
    return [name, secret];
  });
  const unknown = Object.keys(given).filter((name) => !secrets.some(([known]) => known === name));
  if (unknown.length > 0) throw new Error(`the page names no secret ${unknown.join(", ")}`);
  return Object.fromEntries(secrets);
}

async function send(rig: Rig, event: Buffer): Promise<EventReply> {
  return replyOf(await rig.host.invoke(event), rig.logs) as EventReply;
}

/** What a page says in its table, `…` being anything, is what the relay says; what it has tried comes behind it. */
export function expectProblem(
  reply: EventReply,
  { says = "nothing", suffix }: { says: string | undefined; suffix: RegExp },
): void {
  const problem = reply.deliveries[0]?.problem ?? reply.problem ?? "";
  const parts = says.split("…").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const [said] = new RegExp(`^${parts.join(".*?")}`).exec(problem) ?? [problem];
  if (said === problem) expect(problem).toBe(says);
  expect(problem.slice(said.length)).toMatch(suffix);
}

/** Warnings and refusals of the start, as the log has them. */
export function startProblems(rig: Rig): string[] {
  return rig.logs
    .map((line) => JSON.parse(line))
    .flatMap(({ level, problem, problems }) => (level >= 40 && problem ? [problem] : (problems ?? [])));
}

/** How a problem ends that a receiver, throughout, answers with; with 429 it asks for more time than there is. */
export function endOf(status: string): RegExp {
  if (status === "429") return /^; no time for another try before the deadline$/;
  return ["409", "500", "503"].includes(status) ? /^; gave up after 5 attempts$/ : /^; not worth another try$/;
}
