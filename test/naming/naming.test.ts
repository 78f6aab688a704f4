import { readdirSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { resources, vocabulary } from "../../handlers/by-name.ts";
import { handlers } from "../../handlers/index.ts";
import { catalogue, catalogueEntries } from "../../ops/catalogue.ts";
import { createNaming } from "../../src/naming/naming.ts";
import { createNormaliser } from "../../src/normalise.ts";
import { yunionEvent } from "../../src/notification.ts";
import type { Resource, Resources } from "../../src/resource.ts";
import { operations, typeOf } from "../documented.ts";
import { eventOf } from "../event.ts";
import facts from "../facts/event-types.json" with { type: "json" };
import { grouped } from "../grouped.ts";
import reviewed from "./reviewed.json" with { type: "json" };

const nameOf = createNaming(vocabulary);
const { normalise } = createNormaliser(catalogue, undefined);
const become = (type: string) => yunionEvent(normalise(eventOf({ eventType: `com.oraclecloud.${type}` })));

const name = (type: string) => {
  const { noun, action, result } = nameOf(`com.oraclecloud.${type}`);
  return `${noun}/${action}${result === "failed" ? "/failed" : ""}`;
};

describe("the naming rule", () => {
  test.each([
    // A verb first.
    ["blockvolumes.createvolume.end", "volume/create"],
    ["blockvolumes.createvolume.begin", "volume/create_begin"],
    ["virtualnetwork.createvcn", "vcn/create"],
    ["virtualnetwork.updatesecuritylist", "security_list/update"],
    ["networkfirewallservice.createnetworkfirewallpolicy", "network_firewall_policy/create"],
    ["computemanagement.terminateinstancepool.end", "instance_pool/delete"],
    ["nosql.altertable.end", "nosql_table/update"],
    ["artifacts.listcontainerrepositories", "container_repository/list"],
    ["virtualnetwork.createdhcpoptions", "dhcp_options/create"],
    ["computemanagement.softstopinstancepool.end", "instance_pool/soft_stop"],
    ["somethingnew.bulkcreatevolumes", "volume/bulk_create"],
    // change…compartment
    ["functions.changeapplicationcompartment", "functions_application/change_compartment"],
    ["nosql.changecompartment.end", "nosql_table/change_compartment"],
    [
      "databaseservice.autonomous.autonomouscloudvmcluster.changecompartment.end",
      "autonomous_cloud_vm_cluster/change_compartment",
    ],
    // To, from, on, for.
    ["identitycontrolplane.addusertogroup", "group/add_user"],
    ["osmh.installpackagesonmanagedinstance", "os_management_managed_instance/install_packages"],
    ["osmh.removepackagesfrommanagedinstancegroup", "managed_instance_group/remove_packages"],
    [
      "databaseservice.enablestackmonitoringforexternalcontainerdatabase.end",
      "external_container_database/enable_stack_monitoring",
    ],
    ["artifacts.deletegenericartifactbypath", "generic_artifact/delete_by_path"],
    [
      "osmh.updateallpackagesonmanagedinstancesincompartment",
      "os_management_managed_instance/update_all_packages_in_compartment",
    ],
    // What has no life of its own.
    ["databaseservice.updateautonomousdatabaseacl.end", "autonomous_database/update_acl"],
    ["virtualnetwork.addnetworksecuritygroupsecurityrules", "network_security_group/add_security_rules"],
    ["identitycontrolplane.updateusercapabilities", "user/update_capabilities"],
    ["keymanagementservice.schedulekeydeletion.end", "key/schedule_deletion"],
    ["somethingnew.skipnightlysnapshotcreation", "nightly_snapshot/skip_creation"],
    // What happened last.
    ["cloudguard.problemdetected", "cloud_guard_problem/detected"],
    ["databaseservice.autonomous.database.critical", "autonomous_database/critical"],
    ["databaseservice.cloudvmcluster.warning", "cloud_vm_cluster/warning"],
    ["databaseservice.exadbvmcluster.information", "exadb_vm_cluster/information"],
    ["databaseservice.autonomousvmclustermaintenance.reminder", "autonomous_vm_cluster/maintenance_reminder"],
    ["databaseservice.vmclusteraddvirtualmachine.end", "vm_cluster/add_virtual_machine"],
    [
      "databasemanagement.externalmysqlresource.dbsystem.disablemgmt.end",
      "external_mysql_resource_db_system/disable_mgmt",
    ],
    ["somethingnew.settingsupdated", "setting/updated"],
    ["somethingnew.listenercreated", "somethingnew_listener/created"],
    // How it went first.
    ["aiservicespeech.completedtranscriptionjob", "transcription_job/completed"],
    ["aiservicespeech.failedtranscriptionjob", "transcription_job/run/failed"],
    ["datascience.failedjobrun", "data_science_job_run/run/failed"],
    ["databaseservice.scheduledstopautonomousdatabase.end", "autonomous_database/scheduled_stop"],
    ["aibiometriccpprod.canceleddeletebiometricstore", "biometric_store/canceled_delete"],
    ["datacatalog.changedlogicalentities", "logical_entity/changed"],
    ["somethingnew.throttledvolumedeletion", "volume/throttled_deletion"],
    // What failed.
    ["computemanagement.instancepoolpreterminationactionfail.end", "instance_pool/pre_termination_action/failed"],
    ["osmh.executescheduledjob.failed", "scheduled_job/execute/failed"],
    ["osmh.executescheduledjob.canceled", "scheduled_job/execute_canceled"],
    ["goldengate.pipeline.statefailed", "goldengate_pipeline/state_failed/failed"],
    ["databaseservice.managedsoftwareupdatereadinesscheckfailed", "managed_software_update/readiness_check/failed"],
    ["computeapi.launchinstancefailed", "compute_instance/create/failed"],
    ["databaseservice.backupfailed", "autonomous_database/backup/failed"],
    ["mysqlaas.startdbsystemtimeout", "db_system/start_timeout"],
    ["vault.keyrotationfailed", "key/rotation/failed"],
    // Made of a verb, and none.
    ["cloudguard.createdetectorrecipe", "detector_recipe/create"],
    ["generativeai.createimportedmodel", "imported_model/create"],
    ["apigateway.createsubscriber", "subscriber/create"],
    ["cloudguard.problemreopened", "cloud_guard_problem/reopened"],
    ["streaming.streamthrottled", "stream/throttled"],
    // Event records.
    ["osmh.createevent.softwareupdate.updatepackages", "managed_event/update_packages"],
    ["osmh.createevent.sysadmin.failed", "managed_event/sysadmin/failed"],
    ["osmh.event.rebootrequired", "managed_event/reboot_required"],
    ["osmh.updateother.end", "software_update/install_other"],
    // Audit's own spellings, in lower case.
    ["oralb-api.createloadbalancer.end", "load_balancer/create"],
    ["network-load-balancer-api.updatenetworkloadbalancer.begin", "network_load_balancer/update_begin"],
    ["streaming-controlplane.createstream", "stream/create"],
    // Nothing known.
    ["somethingnew.createqubitarray.end", "qubit_array/create"],
    ["somethingnew.createfrobnicator", "frobnicator/create"],
    ["somethingnew.frobnicate", "somethingnew/frobnicate"],
    ["somethingnew.createevent", "somethingnew_event/create"],
    ["somethingnew.createresource", "somethingnew_resource/create"],
    ["somethingnew.other", "somethingnew/other_change"],
    ["somethingnew.unknown", "somethingnew/unknown_change"],
    ["somethingnew.42", "somethingnew/change"],
    ["somethingnew.create", "somethingnew/create"],
    ["somethingnew.failed", "somethingnew/failed/failed"],
    ["constructor.prototype", "constructor/prototype"],
    ["__proto__.tostring", "proto/to_string"],
  ])("names %s %s", (type, expected) => {
    expect(name(type)).toBe(expected);
  });

  test("speaks of things as a person writes them", () => {
    const spoken = [
      "virtualnetwork.createvcn",
      "mysqlaas.createbackup.end",
      "cloudguard.problemdetected",
      "x.createfoo",
    ];
    expect(spoken.map((type) => nameOf(`com.oraclecloud.${type}`).spoken)).toEqual([
      "VCN",
      "MySQL backup",
      "Cloud Guard problem",
      "Foo",
    ]);
  });

  test.each([
    ["blockvolumes.createvolume.end", "created"],
    ["blockvolumes.createvolume.begin", "is being created"],
    ["blockvolumes.copyvolumebackup.end", "copied"],
    ["databaseservice.stopautonomousdatabase.end", "stopped"],
    ["databaseservice.failoverautonomousdatabase.begin", "is being failed over"],
    ["nosql.droptable.end", "deleted"],
    ["compartments.movecompartment", "moved"],
    ["artifacts.listrepositories", "listed"],
    ["filestorage.changefilesystemcompartment", "moved to another compartment"],
    ["blockvolumes.changevolumecompartment.begin", "is being moved to another compartment"],
    ["cloudguard.problemdetected", "detected"],
    ["databaseservice.autonomousvmclustermaintenance.scheduled", "maintenance scheduled"],
    ["databaseservice.cloudvmcluster.critical", undefined],
    ["keymanagementservice.schedulekeydeletion.end", undefined],
    ["datascience.failedjobrun", undefined],
    ["zerolatency.healthcheckzerolatency", undefined],
  ])("says of %s that it is %s", (type, did) => {
    expect(nameOf(`com.oraclecloud.${type}`).did).toBe(did);
  });

  test("is for the wire, never a vague word alone, whatever the type", () => {
    const part = fc.stringMatching(/^[_-]{0,2}[a-z0-9][a-z0-9_-]{0,20}$/);
    const word = fc.constantFrom(
      ...vocabulary.words
        .trim()
        .split(/\s+/)
        .map((each) => each.replaceAll("_", "")),
    );
    const run = fc.array(word, { minLength: 1, maxLength: 4 }).map((words) => words.join(""));
    const type = fc.array(fc.oneof(part, run), { minLength: 2, maxLength: 5 }).map((parts) => parts.join("."));
    fc.assert(
      fc.property(type, (each) => {
        const { noun, action } = nameOf(`com.oraclecloud.${each}`);
        expect(noun).toMatch(/^[a-z0-9_]+$/);
        expect(action).toMatch(/^[a-z_]+$/);
        expect([noun, action].filter((said) => /^(unknown|event|other|resource)$/.test(said))).toEqual([]);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("the documented types", () => {
  const all = catalogueEntries();

  test("are those of Oracle's list, and five that alarms and metrics are read as", () => {
    const listed = Object.values(facts.documented).flat();
    expect(listed.length).toBeGreaterThanOrEqual(3405);
    expect(all.length).toBe(listed.length + 5);
  });

  test("have names that fit the wire, never a vague word alone", () => {
    const unfit = all.filter(
      ({ resourceType, action }) =>
        !/^[a-z0-9_]+$/.test(resourceType) ||
        !/^[a-z_]+$/.test(action) ||
        [resourceType, action].some((word) => /^(unknown|event|other|resource)$/.test(word)),
    );
    expect(unfit.map(({ eventType }) => eventType)).toEqual([]);
  });

  test("reviewed by a person are named as was found right", () => {
    const services = new Set(Object.keys(reviewed).map((type) => type.split(".")[0]));
    expect([Object.keys(reviewed).length, services.size]).toEqual([160, 119]);
    expect(Object.fromEntries(Object.keys(reviewed).map((type) => [type, become(type)]))).toEqual(reviewed);
  });

  test("of one service share a name only where they tell of the same", () => {
    const named = operations().map((operation) => ({ ...operation, said: name(typeOf(operation, "").slice(16)) }));
    const shared = [...grouped(named, ({ service, said }) => `${service} ${said}`).values()]
      .filter((group) => group.length > 1)
      .map((group) => `${group[0]?.service}: ${group.map(({ operation }) => operation).join(" ")}`);
    expect(shared).toEqual(SAME);
  });

  test("of one service and resource_type are all in a family, or none is", () => {
    const families = grouped(
      all.filter(({ service }) => service !== "monitoring"),
      ({ service, resourceType }) => `${service}: ${resourceType}`,
    );
    const split = [...families].filter(([, of]) => new Set(of.map(({ family }) => family === undefined)).size > 1);
    expect(split.map(([name]) => name)).toEqual([]);
  });

  test("are in the family that names their thing: every row of the table has some, but for what only audit tells", () => {
    const had = new Set<string | undefined>(all.map(({ family }) => family));
    const without = Object.entries(resources).filter(([family]) => !had.has(family));
    // Of a thing that a handler has, a row takes what Oracle does not document.
    const handled = new Set(handlers.flatMap(({ actions }) => Object.keys(actions)).map((type) => nameOf(type).thing));
    const audited = without.filter(([, { things }]) =>
      things
        .split(" ")
        .every(
          (thing) => !thing.includes(".") || AUDITED.has(thing.slice(0, thing.indexOf("."))) || handled.has(thing),
        ),
    );
    expect(without.map(([family]) => family)).toEqual(audited.map(([family]) => family));
    const missing = Object.entries(resources).flatMap(([family, { things }]) =>
      things
        .split(" ")
        .filter((thing) => {
          const [service = "any", noun = ""] = thing.includes(".") ? thing.split(".") : ["any", thing];
          const eventType = `com.oraclecloud.${service}.${noun === "" ? "status" : `rename${noun.replaceAll("_", "")}`}`;
          return normalise(eventOf({ eventType })).family !== family;
        })
        .map((thing) => `${family}: ${thing}`),
    );
    expect(missing).toEqual([]);
  });
});

describe("the tables of the vocabulary", () => {
  const documented = new Set(operations().map(({ service, operation }) => `${service}.${operation}`));
  const services = new Set(operations().map(({ service }) => service));

  test("name operations that are documented, or of what Oracle's list has not", () => {
    const strange = Object.keys(vocabulary.names).filter((key) => !documented.has(key) && !key.endsWith("."));
    expect(strange, "in handlers/names: <service>.<operation>, lower case, without phase").toEqual([
      "clustersapi.replacebootvolumeclusternode",
      "oralb-api.updatenetworksecuritygroups",
    ]);
  });

  test("say names that are for the wire", () => {
    const unfit = Object.entries(vocabulary.names).filter(
      ([key, said]) => !(key.endsWith(".") ? /^[a-z0-9_]+$/ : /^[a-z0-9_]+\/[a-z_]+(\/failed)?$/).test(said),
    );
    expect(unfit, "in handlers/names: <noun>/<action>, with /failed where it tells of a failure").toEqual([]);
  });

  test("hold words in lower case, each once", () => {
    const words = vocabulary.words.trim().split(/\s+/);
    expect(words.filter((word) => !/^[a-z0-9]+(_[a-z0-9]+)*$/.test(word))).toEqual([]);
    expect(words.length).toBe(new Set(words).size);
  });

  test("have families about things that some type is about, and no family or thing in two tables", async () => {
    const files = readdirSync(new URL("../../handlers/resources/", import.meta.url));
    const tables = await Promise.all(files.map((file) => import(`../../handlers/resources/${file}`)));
    const families = tables.flatMap((table) => Object.values<Resources>(table).flatMap((each) => Object.keys(each)));
    expect(families.sort(), "a family stands in two files of handlers/resources, or is not put together").toEqual(
      Object.keys(resources).sort(),
    );
    const things = Object.entries<Resource>(resources).flatMap(([family, row]) =>
      row.things.split(" ").map((thing) => ({ family, thing })),
    );
    const twice = things.filter(({ thing }, at) => things.findIndex((other) => other.thing === thing) !== at);
    expect(twice, "things that stand in another family too").toEqual([]);
    const known = new Set(catalogueEntries().map(({ thing }) => thing));
    const nothing = things.filter(
      ({ thing }) => services.has(thing.slice(0, thing.indexOf("."))) && thing.includes(".") && !known.has(thing),
    );
    expect(nothing, "no documented type is about it: npm run relay -- types --json tells the things").toEqual([]);
  });
});

/** Services that Events does not know. */
const AUDITED = new Set(["oralb-api", "network-load-balancer-api", "logging"]);

/** Where Oracle has two spellings for what is one operation, in most cases one for its `.begin` and one for its `.end`. */
const SAME: readonly string[] = [
  "databaseservice: exaccinframtncustomactiontime exaccinfrastructuremaintenancecustomactiontime",
  "dataintegration: createdisworkspace createworkspace",
  "dataintegration: deletedisworkspace deleteworkspace",
  "dataintegration: startdisworkspace startworkspace",
  "dataintegration: stopdisworkspace stopworkspace",
  "fsu: createaction createfsuaction",
  "fsu: createcollection createfsucollection",
  "fsu: createcycle createfsucycle",
  "fsu: creatediscovery createfsudiscovery",
  "fsu: deleteaction deletefsuaction",
  "fsu: deletecollection deletefsucollection",
  "fsu: deletecycle deletefsucycle",
  "fsu: deletediscovery deletefsudiscovery",
  "fusionapps: deletefusionenvironment terminatefusionenvironment",
  "fusionapps: deletefusionenvironmentfamily terminatefusionenvironmentfamily",
  "osmh: createevent.kernelcrash event.kernelcrash",
  "osmh: createevent.kerneloops event.kerneloops",
];
