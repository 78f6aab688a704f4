import { describe, expect, test } from "vitest";
import documented from "../../handlers/event-types.json" with { type: "json" };
import { isDocumented } from "../../src/documented.ts";
import { nearestTypes } from "../../src/suggest/nearest.ts";
import { typeIndexOf } from "../../src/suggest/type-index.ts";
import { KINDS, misspellings } from "./misspellings.ts";

const index = typeIndexOf(documented);

function nearest(type: string): string[] {
  return nearestTypes(`com.oraclecloud.${type}`, index).map((near) => near.replace("com.oraclecloud.", ""));
}

function both(operation: string): string[] {
  return [`${operation}.end`, `${operation}.begin`];
}

describe("what was meant by an event type that is not documented", () => {
  const cases: [how: string, written: string, meant: string[]][] = [
    ["a phase left out", "computeapi.launchinstance", both("computeapi.launchinstance")],
    ["a phase too many", "computeapi.updateinstance.end", ["computeapi.updateinstance"]],
    ["a phase in other words", "computeapi.launchinstance.completed", ["computeapi.launchinstance.end"]],
    ["a phase that is misspelt", "computeapi.launchinstance.beginn", ["computeapi.launchinstance.begin"]],
    ["a phase without its dot", "computeapi.launchinstanceend", ["computeapi.launchinstance.end"]],
    ["the only phase there is", "blockvolumes.deletevolumekmskey.end", ["blockvolumes.deletevolumekmskey.begin"]],
    ["words swapped", "computeapi.instancelaunch.end", ["computeapi.launchinstance.end"]],
    ["nouns swapped", "blockvolumes.createbackupvolumegroup.end", ["blockvolumes.createvolumegroupbackup.end"]],
    ["a past form", "objectstorage.bucketcreated", ["objectstorage.createbucket"]],
    ["a letter left out", "computeapi.lauchinstance.end", ["computeapi.launchinstance.end"]],
    ["a letter doubled", "computeapi.launchinstannce.end", ["computeapi.launchinstance.end"]],
    ["a letter left out of the deed", "virtualnetwork.creatvcn", ["virtualnetwork.createvcn"]],
    ["letters swapped in a short name", "virtualnetwork.createvnc", ["virtualnetwork.createvcn"]],
    ["upper case and a slip", "ComputeApi.LaunchInstnce.End", ["computeapi.launchinstance.end"]],
    ["plural", "identitycontrolplane.createpolicies", ["identitycontrolplane.createpolicy"]],
    ["singular", "artifacts.listcontainerimage", ["artifacts.listcontainerimages"]],
    ["an underscore", "virtualnetwork.create_vcn", ["virtualnetwork.createvcn"]],
    ["a hyphen", "virtualnetwork.create-vcn", ["virtualnetwork.createvcn"]],
    ["a dot", "virtualnetwork.create.vcn", ["virtualnetwork.createvcn"]],
    ["a dot in the service", "virtual.network.createvcn", ["virtualnetwork.createvcn"]],
    ["a dot too few", "computeapilaunchinstance.end", ["computeapi.launchinstance.end"]],
    ["another word for the deed", "computeapi.deleteinstance.end", ["computeapi.terminateinstance.end"]],
    ["another word for the deed, misspelt", "computeapi.creatinstance", both("computeapi.launchinstance")],
    ["another word for the thing", "virtualnetwork.creatensg", ["virtualnetwork.createnetworksecuritygroup"]],
    ["a word left out", "virtualnetwork.createsecuritygroup", ["virtualnetwork.createnetworksecuritygroup"]],
    ["what a deed is called here", "kms.deletekey", both("keymanagementservice.schedulekeydeletion")],
    ["a move", "computeapi.moveinstance.end", ["computeapi.changeinstancecompartment.end"]],
    ["a wrong service", "computeapi.createvcn", ["virtualnetwork.createvcn"]],
    ["a service by another name", "kms.createkey", both("keymanagementservice.createkey")],
    ["a service misspelt", "objectstorag.createbucket", ["objectstorage.createbucket"]],
    ["a service cut short", "identity.createuser", ["identitycontrolplane.createuser"]],
    ["a part left out", "bds.addnode.end", ["bds.cp.addnode.end"]],
    ["long parts left out", "databaseservice.localclone.end", ["databaseservice.pluggabledatabase.localclone.end"]],
    [
      "a past form with a letter doubled",
      "computemanagement.instancepoolstopped.end",
      ["computemanagement.stopinstancepool.end"],
    ],
    [
      "parts in another order",
      "databaseservice.createautonomousdatabase.end",
      [
        "databaseservice.autonomous.database.instance.create.end",
        "databaseservice.createdatabase.end",
        "databaseservice.autonomous.database.backup.end",
      ],
    ],
    ["a past form of another word", "computeapi.instancedeleted.end", ["computeapi.terminateinstance.end"]],
    ["a name that is all other words", "computeapi.createsomethingquitedifferentfromwhatthereis", []],
    [
      "a form of another deed",
      "computeapi.instancedeletion.end",
      ["computeapi.terminateinstance.end", "computeapi.instanceaction.end"],
    ],
    ["a part of the service", "lake.createlake", both("datalake.createdatalake")],
    ["a long name that is far from all", "databaseservice.launchspaceshipfromdatabase", []],
    ["no deed that is known", "computeapi.frobnicate", []],
    ["no service that is known", "example.thing.done", []],
    ["a reading of what is only written", "objectstorage.getobject", []],
  ];
  test.each(cases)("%s: %s", (_, written, meant) => {
    expect(isDocumented(`com.oraclecloud.${written}`, documented)).toBe(false);
    expect(nearest(written)).toEqual(meant);
  });

  test("of a name that several services have, at most three, and those of a near service first", () => {
    expect(nearest("foo.createproject")).toHaveLength(3);
    expect(nearest("devops.createproject")[0]).toBe("devopsproject.createproject.end");
    expect(nearest("dtascience.createproject")[0]).toBe("datascience.createproject");
    expect(nearest("deploy.createdeployment")[0]).toBe("devopsdeploy.createdeployment");
  });

  test("may be asked without com.oraclecloud, and without a service", () => {
    expect(nearestTypes("LaunchInstance", index)).toEqual(nearestTypes("computeapi.launchinstance", index));
  });

  test("comes to nothing, and to no error, for whatever is no event type", () => {
    const odd = [
      "",
      ".",
      "com.oraclecloud.",
      "com.oraclecloud..",
      "…",
      "*",
      "com.oraclecloud.computeapi.é",
      "a".repeat(5000),
    ];
    expect(odd.map((type) => nearestTypes(type, index))).toEqual(odd.map(() => []));
  });
});

describe("of 200 misspellings, made by rule over all services, the type that was meant is the first named", () => {
  // The types of `monitoring` are the relay's own, for alarms and metrics.
  const { monitoring: _, ...services } = documented;
  const all = misspellings(services, 20_261, 50);

  test("they are of every service, none of them documented", () => {
    expect(new Set(all.map(({ meant }) => meant.split(".")[2]))).toEqual(new Set(Object.keys(services)));
    expect(new Set(all.map(({ written }) => written)).size).toBe(200);
    expect(all.filter(({ written }) => isDocumented(written.toLowerCase(), documented))).toEqual([]);
    expect(all.filter(({ meant }) => !isDocumented(meant, documented))).toEqual([]);
  });

  test("none is named twice", () => {
    const near = all.map(({ written }) => nearestTypes(written, index));
    expect(near.filter((types) => new Set(types).size < types.length)).toEqual([]);
  });

  test.each(KINDS)("%s: in at least 95 of 100", (kind) => {
    const ofKind = all.filter((each) => each.kind === kind);
    const wrong = ofKind
      .map((each) => ({ ...each, first: nearestTypes(each.written, index)[0] }))
      .filter(({ first, meant }) => first !== meant);
    expect(wrong.slice(2)).toEqual([]);
    expect(ofKind).toHaveLength(50);
  });
});
