import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { fixture } from "../../local/fixtures.ts";
import { LOCAL_BUCKET, LOCAL_TOPIC_ID, type Rig, startRig } from "../../local/rig.ts";
import { stockEntry } from "../../local/stock.ts";
import { transcribe } from "../../local/transcript.ts";

const entry = await stockEntry();

/** Starts the function with a configuration that it must refuse. */
function refusal(config: Record<string, string>): {
  problems: string[];
  exitCode: number | null;
  hasSocket: boolean;
  output: string;
} {
  const directory = mkdtempSync(join(tmpdir(), "fn-"));
  const socket = join(directory, "lsnr.sock");
  try {
    const { status, stdout, stderr } = spawnSync(process.execPath, [entry], {
      encoding: "utf8",
      timeout: 10_000,
      env: { ...config, FN_FORMAT: "http-stream", FN_LISTENER: `unix:${socket}` },
    });
    transcribe(stdout + stderr);
    const line = JSON.parse(stdout.split("\n")[0] ?? "");
    const hasSocket = existsSync(socket) || existsSync(`${socket}.tmp`);
    return { problems: line.problems, exitCode: status, hasSocket, output: stdout + stderr };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

test("a wrong configuration lists all its problems at once and exits before the socket appears, no secret shown", () => {
  const { problems, exitCode, hasSocket, output } = refusal({
    WEBHOOK_URL: "http://user:pa55word@203.0.113.9/hook/T0ken-text",
    WEBHOOK_SECRET_KEY: "the-s3cret-key",
    WEBHOOK_SIGNING_SECRETS: "whsec_dG9vIHNob3J0 not-a-whsec-but-s3cret",
    WEBHOOK_HEADERS: '{"Host":"x","webhook-id":"1","Bad Name":"a","X-Split":"a\\r\\nb"}',
    WEBHOOK_BODY: "[1]",
    WEBHOOK_MSG_KEY: "seventeen_letters",
    WEBHOOK_USE_TEMPLATE: "yes",
    ONS_TOPIC_ID: "my-topic",
    ROUTES: '[{"match":{"eventType":"launchinstance"},"to":["webhook","slack"]},{"match":null,"to":[],"when":1},5]',
    EGRESS_ALLOW: "ok.example.com, not a host",
    LOG_LEVEL: "loud",
    OCI_ENDPOINT_URL: "http://oci.example.com",
    DEAD_LETTER_BUCKET: "relay/letters",
    DEDUPE_BUCKET: "two words",
  });
  expect({ exitCode, hasSocket }).toEqual({ exitCode: 1, hasSocket: false });
  expect(problems.map((problem) => problem.slice(0, problem.indexOf(": "))).sort()).toEqual(
    [
      "DEAD_LETTER_BUCKET",
      "DEDUPE_BUCKET",
      "EGRESS_ALLOW",
      "LOG_LEVEL",
      "OCI_ENDPOINT_URL",
      "ONS_TOPIC_ID",
      "ROUTES[0].match.eventType",
      "ROUTES[0].to",
      "ROUTES[1]",
      "ROUTES[1].match",
      "ROUTES[1].to",
      "ROUTES[2]",
      "WEBHOOK_BODY",
      "WEBHOOK_HEADERS",
      "WEBHOOK_HEADERS",
      "WEBHOOK_HEADERS",
      "WEBHOOK_HEADERS",
      "WEBHOOK_MSG_KEY",
      "WEBHOOK_SIGNING_SECRETS",
      "WEBHOOK_SIGNING_SECRETS",
      "WEBHOOK_URL",
      "WEBHOOK_USE_TEMPLATE",
    ].sort(),
  );
  expect(["pa55word", "T0ken-text", "s3cret"].filter((secret) => output.includes(secret))).toEqual([]);
});

describe("a configuration is refused", () => {
  const url = "https://cmdb.example.com/hook";
  const cases: [string, Record<string, string>, string][] = [
    ["without a destination", {}, "WEBHOOK_URL, ONS_TOPIC_ID: no destination is configured; set at least one"],
    ["with a URL that is none", { WEBHOOK_URL: "cmdb" }, "WEBHOOK_URL: is not a URL; expected https://host/path"],
    [
      "with another protocol",
      { WEBHOOK_URL: "ftp://cmdb.example.com" },
      "WEBHOOK_URL: is neither https nor http; expected https://host/path",
    ],
    [
      "with a password in the URL, which it does not show",
      { WEBHOOK_URL: "https://ana:pa55word@cmdb.example.com/hook" },
      "WEBHOOK_URL: holds a user name or password before the host; take it out and send credentials in a header",
    ],
    [
      "with a metadata address",
      { WEBHOOK_URL: "https://169.254.169.254/opc/v2/" },
      "WEBHOOK_URL: is a metadata address, which is never a receiver",
    ],
    [
      "with a metadata address in IPv6",
      { WEBHOOK_URL: "https://[::ffff:169.254.169.254]/" },
      "WEBHOOK_URL: is a metadata address, which is never a receiver",
    ],
    [
      "with an empty token",
      { WEBHOOK_URL: url, WEBHOOK_AUTH: '{"type":"bearer","token":""}' },
      "WEBHOOK_AUTH.token: is empty",
    ],
    [
      "with an empty password",
      { WEBHOOK_URL: url, WEBHOOK_AUTH: '{"type":"basic","user":"relay","password":""}' },
      "WEBHOOK_AUTH.password: is empty",
    ],
    [
      "with an empty client secret",
      { WEBHOOK_URL: url, WEBHOOK_AUTH: `{"type":"oauth2","tokenUrl":"${url}","clientId":"a","clientSecret":""}` },
      "WEBHOOK_AUTH.clientSecret: is empty",
    ],
    ["with an empty authority", { WEBHOOK_URL: url, WEBHOOK_TLS: '{"ca":""}' }, "WEBHOOK_TLS.ca: is empty"],
    [
      "with a key under a header that the relay sets itself",
      { WEBHOOK_URL: url, WEBHOOK_AUTH: '{"type":"header","name":"Content-Type","value":"a"}' },
      'WEBHOOK_AUTH.name: Content-Type has a meaning of its own; expected such as "X-Api-Key"',
    ],
    [
      "with a header twice",
      { WEBHOOK_URL: url, WEBHOOK_HEADERS: '{"X-A":"1","x-a":"2"}' },
      "WEBHOOK_HEADERS: x-a stands there twice; leave one of the two out",
    ],
    [
      "with a topic in the vault",
      { ONS_TOPIC_ID: "vault:ocid1.vaultsecret.oc1.phx.a" },
      "ONS_TOPIC_ID: is not read from the vault; set it in the function's configuration",
    ],
    [
      "with a bucket in the vault",
      { WEBHOOK_URL: url, DEAD_LETTER_BUCKET: "vault:ocid1.vaultsecret.oc1.phx.a" },
      "DEAD_LETTER_BUCKET: is not read from the vault; set it in the function's configuration",
    ],
    [
      "with the same header from two sides",
      { WEBHOOK_URL: url, WEBHOOK_HEADERS: '{"authorization":"a"}', WEBHOOK_AUTH: '{"type":"bearer","token":"b"}' },
      "WEBHOOK_HEADERS: Authorization is set by the relay's authentication; leave it out here",
    ],
    [
      "with a header that a token will set",
      {
        WEBHOOK_URL: url,
        WEBHOOK_HEADERS: '{"Authorization":"a"}',
        WEBHOOK_AUTH: `{"type":"oauth2","tokenUrl":"${url}","clientId":"a","clientSecret":"vault:ocid1.vaultsecret.oc1.phx.a"}`,
      },
      "WEBHOOK_HEADERS: Authorization is set by the relay's authentication; leave it out here",
    ],
    [
      "with an authentication that nobody knows",
      { WEBHOOK_URL: url, WEBHOOK_AUTH: '{"type":"kerberos"}' },
      'WEBHOOK_AUTH: expected { type: one of basic, bearer, header, oauth2, … }, got type "kerberos"',
    ],
    [
      "with an authentication that lacks its secret",
      { WEBHOOK_URL: url, WEBHOOK_AUTH: '{"type":"bearer"}' },
      'WEBHOOK_AUTH.token: expected a text or env("NAME"), got nothing',
    ],
    [
      "with a misspelt part of an authentication",
      { WEBHOOK_URL: url, WEBHOOK_AUTH: '{"type":"bearer","token":"b","tokn":"c"}' },
      "WEBHOOK_AUTH.tokn: is not known; known are type, token",
    ],
    [
      "with a format of ONS that nobody knows",
      { ONS_TOPIC_ID: LOCAL_TOPIC_ID, ONS_FORMAT: "html" },
      'ONS_FORMAT: expected "json" or "text", got "html"',
    ],
    [
      "with a private address that is not allowed",
      { WEBHOOK_URL: "https://10.0.0.5/hook" },
      "WEBHOOK_URL: is the private address 10.0.0.5; allow 10.0.0.5 or its network (EGRESS_ALLOW, egressAllow in code) if it is meant",
    ],
    [
      "with signing secrets that hold none",
      { WEBHOOK_URL: url, WEBHOOK_SIGNING_SECRETS: "  " },
      "WEBHOOK_SIGNING_SECRETS: holds no secret; expected whsec_…, or remove it",
    ],
    [
      "with a control character in a header",
      { WEBHOOK_URL: url, WEBHOOK_HEADERS: '{"E":"\\u0001"}' },
      'WEBHOOK_HEADERS: the value of "E" holds CR, LF, NUL or another control character',
    ],
    [
      "with headers that are no object, not shown",
      { WEBHOOK_URL: url, WEBHOOK_HEADERS: '"s3cret"' },
      "WEBHOOK_HEADERS: expected a JSON object, got a string",
    ],
    [
      "with an emulator's URL that has a query",
      { WEBHOOK_URL: url, OCI_ENDPOINT_URL: "https://oci.example.com/?a=1" },
      "OCI_ENDPOINT_URL: has a query or a fragment; expected https://host or https://host/path",
    ],
    [
      "with a network of too many bits",
      { WEBHOOK_URL: url, EGRESS_ALLOW: "10.0.0.0/99" },
      'EGRESS_ALLOW: "10.0.0.0/99" is no host, http://host or CIDR',
    ],
    [
      "with plain http to a public host",
      { WEBHOOK_URL: "http://cmdb.example.com/hook" },
      "WEBHOOK_URL: is plain http to cmdb.example.com; use https, or allow http://cmdb.example.com (EGRESS_ALLOW, egressAllow in code)",
    ],
    [
      "with plain http to a host whose name only begins like loopback",
      { WEBHOOK_URL: "http://127.0.0.1.example.com/hook" },
      "WEBHOOK_URL: is plain http to 127.0.0.1.example.com; use https, or allow http://127.0.0.1.example.com (EGRESS_ALLOW, egressAllow in code)",
    ],
    [
      "with ROUTES that are no JSON",
      { WEBHOOK_URL: url, ROUTES: "[{" },
      'ROUTES: is not JSON (at position 2); expected [{"match": <condition>, "to": ["webhook"]}]',
    ],
    [
      "with no routes at all",
      { WEBHOOK_URL: url, ROUTES: "[]" },
      "ROUTES: is empty, so nothing would be delivered; remove it to route everything",
    ],
    [
      "with a bucket whose name no bucket can have",
      { WEBHOOK_URL: url, DEAD_LETTER_BUCKET: "relay/letters" },
      'DEAD_LETTER_BUCKET: expected the name of a bucket (letters, digits, hyphens, underscores, periods), got "relay/letters"',
    ],
    [
      "with a bucket whose name is too long",
      { WEBHOOK_URL: url, DEDUPE_BUCKET: "b".repeat(257) },
      `DEDUPE_BUCKET: expected the name of a bucket (letters, digits, hyphens, underscores, periods), got "${"b".repeat(60)}…"`,
    ],
    [
      "with a vault reference to something else than a secret",
      { WEBHOOK_URL: "vault:my-url" },
      "WEBHOOK_URL: expected the OCID of a secret after vault:, ocid1.vaultsecret…",
    ],
  ];
  test.each(cases)("%s", (_, config, problem) => {
    expect(refusal(config).problems).toEqual([problem]);
  });
});

describe("a configuration is taken", () => {
  let rig: Rig;
  afterEach(() => rig.close());

  async function warningsWith(config: Record<string, string>): Promise<string[]> {
    rig = await startRig({ config });
    expect(await rig.host.invoke(fixture("instance-launched"))).toMatchObject({ status: 200 });
    return rig.logs.map((line) => JSON.parse(line)).flatMap((line) => (line.level === 40 ? [line.problem] : []));
  }

  const KEEPS_NOTHING =
    "no bucket for dead letters (DEAD_LETTER_BUCKET): of a rejected input only a log line remains, " +
    "and what cannot be delivered is left to whoever called to send again";
  const IN_PLAIN =
    "WEBHOOK_SECRET_KEY: in plain in the function's configuration; " +
    "better kept in OCI Vault, and here as vault:<OCID of the secret>";
  const NO_PRINCIPAL =
    "no resource principal in the environment: without one no topic, bucket or secret can be reached";

  test("with a well-formed event type that nobody knows: it only warns", async () => {
    const routes = [
      {
        match: {
          eventType: ["com.oraclecloud.computeapi.stopinstance.end", "com.oraclecloud.computeapi.launchinstance.end"],
        },
        to: ["webhook"],
      },
    ];
    expect(await warningsWith({ ROUTES: JSON.stringify(routes) })).toEqual([
      IN_PLAIN,
      KEEPS_NOTHING,
      expect.stringMatching(
        /^a route names com\.oraclecloud\.computeapi\.stopinstance\.end, which OCI does not send: it comes as com\.oraclecloud\.computeapi\.instanceaction\.end /,
      ),
    ]);
  });

  test("with a condition on a field that no event has: it warns", async () => {
    const routes = [
      { match: { evenType: "com.oraclecloud.computeapi.*" }, to: ["ons"] },
      { match: {}, to: ["webhook"] },
    ];
    expect(await warningsWith({ ROUTES: JSON.stringify(routes) })).toEqual([
      IN_PLAIN,
      KEEPS_NOTHING,
      "a route asks for the field evenType, which no event is known to have at its top level: did you mean eventType?",
    ]);
  });

  test("with a name that is nearly one of ours: it warns that the name has no effect", async () => {
    expect(await warningsWith({ WEBHOOK_SECRET: "x", PATH: "/bin" })).toEqual([
      "WEBHOOK_SECRET: not a name of the relay's configuration, so it has no effect",
      IN_PLAIN,
      KEEPS_NOTHING,
    ]);
  });

  test("with a bucket for dead letters and its secrets in the vault: nothing to warn of", async () => {
    const config = {
      DEAD_LETTER_BUCKET: "relay-letters_2026.03",
      DEDUPE_BUCKET: LOCAL_BUCKET,
      WEBHOOK_SECRET_KEY: "vault:ocid1.vaultsecret.oc1.phx.a",
      ROUTES: '[{"match":{},"to":["ons"]}]',
    };
    expect(await warningsWith(config)).toEqual([]);
  });

  test("with several secrets in plain: one warning names them all, and shows none", async () => {
    const config = {
      WEBHOOK_HEADERS: '{"Authorization":"Bearer b34rer-token","X-Team":"ops"}',
      WEBHOOK_AUTH: '{"type":"header","name":"X-Api-Key","value":"4pi-key"}',
      WEBHOOK_SIGNING_SECRETS: `whsec_${Buffer.from("k".repeat(32)).toString("base64")}`,
      DEAD_LETTER_BUCKET: LOCAL_BUCKET,
      ROUTES: '[{"match":{},"to":["ons"]}]',
    };
    expect(await warningsWith(config)).toEqual([
      IN_PLAIN.replace(
        "WEBHOOK_SECRET_KEY",
        "WEBHOOK_HEADERS.Authorization, WEBHOOK_SECRET_KEY, WEBHOOK_SIGNING_SECRETS, WEBHOOK_AUTH.value",
      ),
    ]);
  });

  test.each([
    ["a topic", { ONS_TOPIC_ID: LOCAL_TOPIC_ID }, [IN_PLAIN, KEEPS_NOTHING, NO_PRINCIPAL]],
    ["a bucket for dead letters", { DEAD_LETTER_BUCKET: LOCAL_BUCKET }, [IN_PLAIN, NO_PRINCIPAL]],
    [
      "a bucket by which containers know repeats",
      { DEDUPE_BUCKET: LOCAL_BUCKET },
      [IN_PLAIN, KEEPS_NOTHING, NO_PRINCIPAL],
    ],
    ["neither", {}, [IN_PLAIN, KEEPS_NOTHING]],
  ])("with %s but no resource principal: it warns where one is needed", async (_, config, warnings) => {
    const without = { ONS_TOPIC_ID: "", OCI_RESOURCE_PRINCIPAL_VERSION: "", ROUTES: '[{"match":{},"to":["webhook"]}]' };
    expect(await warningsWith({ ...without, ...config })).toEqual(warnings);
  });

  test("with plain http to a host that EGRESS_ALLOW names so", async () => {
    expect(
      await warningsWith({
        EGRESS_ALLOW: "10.0.0.0/8, HTTP://cmdb.Internal:8080",
        ROUTES: '[{"match":{},"to":["ons"]}]',
        WEBHOOK_URL: "http://cmdb.internal:8080/hook",
      }),
    ).toEqual([IN_PLAIN, KEEPS_NOTHING]);
  });

  test("with settings of a webhook that is not there: it warns that they have no effect", async () => {
    expect(await warningsWith({ WEBHOOK_URL: "" })).toEqual([
      "WEBHOOK_SECRET_KEY: has no effect while WEBHOOK_URL is not set",
      KEEPS_NOTHING,
    ]);
  });

  test("with a webhook that is not signed: it warns", async () => {
    const config = { WEBHOOK_SECRET_KEY: "", ROUTES: '[{"match":{},"to":["ons"]}]' };
    expect(await warningsWith(config)).toEqual([
      "destination webhook: not signed, so its receiver cannot tell who sends; give it a secret key",
      KEEPS_NOTHING,
    ]);
  });

  test("and the start line names the version and the destinations, without what is secret in their URLs", async () => {
    await warningsWith({});
    expect(JSON.parse(rig.logs[0] ?? "")).toMatchObject({
      msg: "started",
      version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
      destinations: [`webhook ${rig.sink.url}`, "ons ocid1.onstopic.oc1.p…etopic"],
    });
  });
});

describe("the robot's options", () => {
  let rig: Rig;
  afterEach(() => rig.close());

  test("a text under the msg_key, a body and headers of one's own", async () => {
    rig = await startRig({
      config: {
        WEBHOOK_USE_TEMPLATE: "true",
        WEBHOOK_MSG_KEY: "text",
        WEBHOOK_BODY: '{"channel":"#oci"}',
        WEBHOOK_HEADERS: '{"x-team":"運用","X-Level":12345678901234567}',
      },
    });
    await rig.host.invoke(fixture("instance-launched"));
    const { body, headers, event } = rig.sink.received[0] ?? {};
    expect({
      body: body?.toString(),
      event,
      level: headers?.["x-level"],
      team: Buffer.from(String(headers?.["x-team"]), "latin1").toString(),
    }).toEqual({
      body: '{"channel":"#oci","text":"Instance web-1 created in prod"}',
      event: "SERVER/CREATE",
      level: "12345678901234567",
      team: "運用",
    });
  });

  test("what is nested in header and body, references to the vault among it", async () => {
    rig = await startRig({
      config: {
        ONS_TOPIC_ID: "",
        WEBHOOK_BODY: '{"m":[["x",["vault:ocid1.vaultsecret.oc1.phx.a"]],{"n":[1,null,"y"]}]}',
        WEBHOOK_HEADERS: '{"X-List":["one",{"b":"two"}],"User-Agent":""}',
      },
    });
    rig.secrets.put("ocid1.vaultsecret.oc1.phx.a", "read");
    await rig.host.invoke(fixture("instance-launched"));
    const { body, headers } = rig.sink.received[0] ?? {};
    expect([JSON.parse(`${body}`).m, headers?.["x-list"], headers?.["user-agent"]]).toEqual([
      [["x", ["read"]], { n: [1, null, "y"] }],
      '["one",{"b":"two"}]',
      undefined,
    ]);
  });

  test("a route that names a .begin literally gets it", async () => {
    rig = await startRig({
      config: {
        ROUTES: '[{"match":{"eventType":"com.oraclecloud.computeapi.launchinstance.begin"},"to":["webhook"]}]',
      },
    });
    await rig.host.invoke(fixture("instance-launching"));
    expect(rig.sink.received.map((request) => request.event)).toEqual(["SERVER/STATUS_CHANGED"]);
    await rig.host.invoke(fixture("instance-launched"));
    expect(JSON.parse((await rig.host.invoke(fixture("instance-launched"))).body)).toMatchObject({
      outcome: "ignored",
      problem: "no route matches",
    });
  });
});
