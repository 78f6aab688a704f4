import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { resourceTypes } from "../handlers/index.ts";
import { nameOf } from "../src/naming.ts";

const { documented } = JSON.parse(readFileSync(new URL("facts/event-types.json", import.meta.url), "utf8")) as {
  documented: Record<string, string[]>;
};
const types = Object.entries(documented).flatMap(([service, operations]) =>
  operations.map((operation) => `com.oraclecloud.${service}.${operation}`),
);

const name = (type: string) => {
  const { resourceType, action, result } = nameOf(`com.oraclecloud.${type}`, resourceTypes);
  return `${resourceType}/${action}${result === "failed" ? "/failed" : ""}`;
};

describe("the naming rule", () => {
  test.each([
    ["blockvolumes.createvolume.end", "disk/create"],
    ["blockvolumes.createvolume.begin", "disk/create_begin"],
    ["virtualnetwork.updatesecuritylist", "secgroup/update"],
    ["virtualnetwork.createvcn", "vpc/create"],
    ["computemanagement.terminateinstancepool.end", "scalinggroup/delete"],
    ["functions.updatefunction", "function/update"],
    ["functions.changeapplicationcompartment", "application/change_compartment"],
    ["databaseservice.autonomous.database.instance.create.end", "dbinstance/create"],
    ["databaseservice.autonomous.database.critical", "autonomous_database/critical"],
    ["cloudguard.problemdetected", "problem/detected"],
    ["compartments.movecompartment", "project/move"],
    ["aiservicespeech.completedtranscriptionjob", "transcriptionjob/completed"],
    ["computemanagement.instancepoolpreterminationactionfail.end", "instancepoolpretermination/action/failed"],
    ["aiservicespeech.failedtranscriptionjob", "transcriptionjob/run/failed"],
    ["datascience.failedjobrun", "jobrun/run/failed"],
    ["osmh.executescheduledjob.canceled", "executescheduledjob/canceled"],
    ["databaseservice.scheduledstopautonomousdatabase.end", "dbinstance/scheduled_stop"],
    ["aibiometriccpprod.canceleddeletebiometricstore", "biometricstore/canceled_delete"],
    ["datacatalog.changedlogicalentities", "logicalentities/changed"],
    ["datasafe.scheduledreportcomplete", "reportcomplete/scheduled"],
    ["goldengate.deploymentrecovery.end", "goldengate/deploymentrecovery"],
    ["somethingnew.settingsupdated", "settings/updated"],
    ["somethingnew.listenercreated", "listener/created"],
    ["disasterrecovery.createdrplan.end", "drplan/create"],
    ["somethingnew.managedbuses", "somethingnew/managedbuses"],
    ["somethingnew.frobnicate", "somethingnew/frobnicate"],
    ["somethingnew.createevent", "somethingnew_event/create"],
    ["somethingnew.other", "somethingnew/other_change"],
    ["somethingnew.42", "somethingnew/change"],
    ["somethingnew.create", "somethingnew/create"],
    ["somethingnew.failed", "somethingnew/failed"],
    ["constructor.prototype", "constructor/prototype"],
  ])("names %s %s", (type, expected) => {
    expect(name(type)).toBe(expected);
  });

  test("gives every documented type a name that fits the wire, never a vague word alone", () => {
    expect(types.length).toBe(3405);
    const unfit = types.filter((type) => {
      const { resourceType, action } = nameOf(type, resourceTypes);
      return (
        !/^[a-z0-9_]+$/.test(resourceType) ||
        !/^[a-z_]+$/.test(action) ||
        [resourceType, action].some((word) => /^(unknown|event|other|resource)$/.test(word))
      );
    });
    expect(unfit).toEqual([]);
  });
});
