import { describe, expect, test } from "vitest";
import { resources, states, vocabulary as words } from "../handlers/by-name.ts";
import { handlers } from "../handlers/index.ts";
import { catalogue } from "../ops/catalogue.ts";
import { createByName } from "../src/by-name.ts";
import { createNormaliser } from "../src/normalise.ts";
import { yunionEvent } from "../src/notification.ts";
import { eventOf } from "./event.ts";
import vocabulary from "./facts/yunion-vocab.json" with { type: "json" };

const { normalise, isAwaitingEnd } = createNormaliser(catalogue, undefined);
const of = (type: string, data: Record<string, unknown> = {}) =>
  normalise(eventOf({ eventType: `com.oraclecloud.${type}` }, data));

describe("a family that is all data", () => {
  test.each([
    ["blockvolumes.createvolume.end", "volume", "DISK/CREATE", { disk_type: "data", status: "ready" }],
    ["blockvolumes.createvolume.begin", "volume", "DISK/CREATE_BEGIN", { disk_type: "data", status: "allocating" }],
    ["blockvolumes.deletebootvolume.end", "boot_volume", "DISK/DELETE", { disk_type: "sys", status: "deallocating" }],
    ["blockvolumes.deletebootvolumekmskey.begin", "boot_volume", "DISK/DELETE_KMS_KEY_BEGIN", { disk_type: "sys" }],
    ["computeapi.attachvolume.end", "volume", "DISK/ATTACH", { disk_type: "data" }],
    ["virtualnetwork.createvcn", "vcn", "VPC/CREATE", { status: "available" }],
    ["virtualnetwork.deletesubnet", "subnet", "NETWORK/DELETE", { status: "deleting" }],
    ["virtualnetwork.updatesecuritylist", "security_list", "SECGROUP/UPDATE", {}],
    ["virtualnetwork.deletepublicip", "public_ip", "EIP/DELETE", { status: "deallocate" }],
    ["natgateway.createnatgateway", "nat_gateway", "NATGATEWAY/CREATE", {}],
    ["computeimagingapi.deleteimage", "image", "IMAGE/DELETE", { status: "deleted" }],
    ["databaseservice.deleteautonomousdatabase.end", "autonomous_database", "DBINSTANCE/DELETE", { engine: "Oracle" }],
    [
      "databaseservice.freeautonomousdatabasestopped",
      "autonomous_database",
      "DBINSTANCE/STOPPED",
      { engine: "Oracle" },
    ],
    ["mysqlaas.stopdbsystem.end", "mysql_db_system", "DBINSTANCE/STOP", { engine: "MySQL" }],
    ["postgresql.createdbsystem.end", "postgresql_db_system", "DBINSTANCE/CREATE", { engine: "PostgreSQL" }],
    ["redisservice.createrediscluster.end", "redis_cluster", "ELASTICCACHE/CREATE", {}],
    ["rawfkaapiprod.createkafkacluster.end", "kafka_cluster", "KAFKA/CREATE", {}],
    ["compartments.movecompartment", "compartment", "PROJECT/MOVE", {}],
    ["filestorage.createfilesystem", "file_system", "FILE_SYSTEM/CREATE", {}],
    ["waf.createwebappfirewall.end", "web_app_firewall", "WAF_INSTANCE/CREATE", {}],
    ["computeapi.schedulemaintenance", "compute_instance", "SERVER/SCHEDULE_MAINTENANCE", {}],
    ["identitysignon.interactivelogin", "iam_user", "USER/INTERACTIVE_LOGIN", {}],
    ["cloudguard.status", "cloud_guard", "CLOUD_GUARD/STATUS", {}],
    // What Oracle does not document, new or known to audit alone, joins by its thing.
    ["blockvolumes.resizevolume.end", "volume", "DISK/RESIZE", { disk_type: "data" }],
    ["oralb-api.createloadbalancer.end", "load_balancer", "LOADBALANCER/CREATE", {}],
    ["loadbalancer.deleteloadbalancer", "load_balancer", "LOADBALANCER/DELETE", {}],
    ["oralb-api.updatelistener.end", "load_balancer_listener", "LOADBALANCERLISTENER/UPDATE", {}],
    ["somednsservice.patchzonerecords", "zone_record", "DNS_RECORDSET/PATCH", {}],
  ])("%s is of %s: %s", (type, family, event, details) => {
    const notification = of(type);
    const own = { status: notification.details.status, disk_type: notification.details.disk_type };
    expect([notification.family, yunionEvent(notification)]).toEqual([family, event]);
    expect({ ...own, engine: notification.details.engine }).toEqual({
      status: undefined,
      disk_type: undefined,
      engine: undefined,
      ...details,
    });
  });

  test("reads what its payload is known to have, in lower case", () => {
    const backup = of("blockvolumes.createbootvolumebackup.end", {
      additionalDetails: { volumeId: "OCID1.BOOTVOLUME.OC1.PHX.ABC" },
    });
    expect(backup.details).toMatchObject({ disk_id: "ocid1.bootvolume.oc1.phx.abc", disk_type: "sys" });
    expect(of("cloudguard.problemdetected", { additionalDetails: { riskLevel: "CRITICAL" } }).details).toMatchObject({
      severity: "critical",
    });
  });

  test.each([
    [{}],
    [{ volumeId: 5 }],
    [{ volumeId: null }],
    [{ constructor: "x" }],
  ])("lets %j pass where it was read", (additionalDetails) => {
    const { details } = of("blockvolumes.createvolumebackup.end", { additionalDetails });
    expect(details).not.toHaveProperty("disk_id");
  });

  test.each([
    ["in a payload", { additionalDetails: { lifecycleState: "RESTORING" } }, "allocating"],
    ["in any case", { additionalDetails: { lifecycleState: "Faulty" } }, "unknown"],
    ["in an audit record", { stateChange: { current: { lifecycleState: "TERMINATED" } } }, "deallocating"],
    ["that Yunion has no word for", { additionalDetails: { lifecycleState: "DANCING" } }, undefined],
    ["named like what every object has", { additionalDetails: { lifecycleState: "constructor" } }, undefined],
    ["that is no text", { additionalDetails: { lifecycleState: 5 } }, "ready"],
  ])("a state %s counts before what the action lets one think", (_, data, status) => {
    expect(of("blockvolumes.createvolume.end", data).details.status).toBe(status);
  });

  test("an operation whose resource has failed has failed, and nothing is said of its status", () => {
    const backup = of("databaseservice.automaticbackupdatabase.end", {
      additionalDetails: { lifecycleState: "FAILED" },
    });
    expect(yunionEvent(backup)).toBe("DATABASE/AUTOMATIC_BACKUP/FAILED");
    const volume = of("blockvolumes.createvolume.end", { additionalDetails: { lifecycleState: "FAILED" } });
    expect([yunionEvent(volume), volume.details.status]).toEqual(["DISK/CREATE/FAILED", undefined]);
  });

  test.each([
    ["databaseservice.updatedbsystem.begin", { additionalDetails: { lifecycleState: "FAILED" } }],
    [
      "databaseservice.updatedbsystem.end",
      { response: { status: "200" }, stateChange: { current: { lifecycleState: "FAILED" } } },
    ],
  ])("of %s with %j it is not said that it has failed", (type, data) => {
    expect(of(type, data).result).toBe("succeed");
  });

  test("what has failed lets no state be inferred", () => {
    const created = of("blockvolumes.createvolumefailed");
    expect([yunionEvent(created), created.details.status]).toEqual(["DISK/CREATE/FAILED", undefined]);
  });

  test("is called by its name, and has its page in the console", () => {
    const volume = of("blockvolumes.createvolume.end", { resourceId: "ocid1.volume.oc1.iad.abc" });
    expect([volume.title, volume.consoleUrl]).toEqual([
      "Block volume web-1 created in dev",
      "https://cloud.oracle.com/block-storage/volumes/ocid1.volume.oc1.iad.abc?region=us-ashburn-1",
    ]);
    expect(of("virtualnetwork.updatevcn").title).toBe("VCN web-1 updated in dev");
  });
});

test("what no family has is named by rule, and has nothing of its own", () => {
  const notification = of("datasafe.createmaskingreport.end", { additionalDetails: { lifecycleState: "AVAILABLE" } });
  const { family, resourceType, action, title, details } = notification;
  expect({ family, resourceType, action, title, status: details.status }).toEqual({
    family: undefined,
    resourceType: "masking_report",
    action: "create",
    title: "Masking report web-1 created in dev",
    status: undefined,
  });
});

describe("a .begin", () => {
  test.each([
    ["blockvolumes.createvolume.begin", true],
    ["BlockVolumes.CreateVolume.Begin", true],
    ["goldengate.createdeployment.begin", true],
    // Of these no .end is documented.
    ["blockvolumes.deletevolumekmskey.begin", false],
    ["oralb-api.createloadbalancer.begin", false],
    ["quantumcompute.launchqubitarray.begin", false],
    ["blockvolumes.createvolume", false],
    ["constructor.x.begin", false],
  ])("%s awaits its .end: %s", (type, awaits) => {
    expect(isAwaitingEnd(eventOf({ eventType: `com.oraclecloud.${type}` }))).toBe(awaits);
  });
});

test("a new family is a row of the table, and nothing else", () => {
  const more = { quantum_computer: { things: "quantumcompute.qubit_array", noun: "Quantum computer", is: "host" } };
  const byName = createByName({
    vocabulary: words,
    resources: { ...resources, ...more },
    states,
    documented: () => ({}),
  });
  const { title, family, resourceType } = createNormaliser({ handlers, byName: () => byName }, undefined).normalise(
    eventOf({ eventType: "com.oraclecloud.quantumcompute.launchqubitarray.end" }),
  );
  expect({ title, family, resourceType }).toEqual({
    title: "Quantum computer web-1 created in dev",
    family: "quantum_computer",
    resourceType: "host",
  });
});

test("where the catalogue cannot be loaded a .begin is wanted, so that it can fail where it is kept", () => {
  const broken = createNormaliser(
    {
      handlers,
      byName: () => {
        throw new Error("no such file");
      },
    },
    undefined,
  );
  expect(broken.isAwaitingEnd(eventOf({ eventType: "com.oraclecloud.blockvolumes.createvolume.begin" }))).toBe(false);
  expect(() => broken.normalise(eventOf({ eventType: "com.oraclecloud.blockvolumes.createvolume.end" }))).toThrow();
});

describe("the table", () => {
  test("names no thing twice, and no family that a handler has", () => {
    const things = Object.values(resources).flatMap(({ things }) => things.split(" "));
    expect(things.length).toBe(new Set(things).size);
    expect(handlers.filter(({ family }) => Object.hasOwn(resources, family))).toEqual([]);
  });

  test("uses Yunion's words", () => {
    // An object is OCI's own.
    const words = [...vocabulary.resource_types, ...Object.keys(vocabulary.keywords_not_in_topics), "object"];
    const given = Object.values(resources).flatMap((resource) => ("is" in resource ? [resource.is] : []));
    expect(given.filter((word) => !words.includes(word))).toEqual([]);
    // And not by chance for something else.
    const own = Object.entries(resources).flatMap(([family, resource]) => ("is" in resource ? [] : [family]));
    expect(own.filter((family) => words.includes(family))).toEqual([]);
  });

  test("maps states to status words that Yunion has", () => {
    const known: Record<string, readonly string[]> = {
      ...vocabulary.resource_status_constants,
      image: ["saving", "active", "deleted"],
    };
    const strange = Object.entries(states).flatMap(([resourceType, words]) =>
      Object.values(words)
        .filter((word) => !known[resourceType]?.includes(word))
        .map((word) => `${resourceType}: ${word}`),
    );
    expect(strange).toEqual([]);
  });
});
