import { describe, expect, test } from "vitest";
import documented from "../../handlers/event-types.json" with { type: "json" };
import { isDocumented } from "../../src/documented.ts";
import { typeAdvice } from "../../src/suggest/advice.ts";
import { typeIndexOf } from "../../src/suggest/type-index.ts";
import facts from "../facts/event-types.json" with { type: "json" };

const index = typeIndexOf(documented);
const OCI = /com\.oraclecloud(?:\.[a-z]+)+/g;

function advice(type: string): string {
  return typeAdvice(`com.oraclecloud.${type}`, () => index);
}

describe("event types that are wrong in the wild have advice that leads to the right one", () => {
  const doubtful = facts.doubtful.filter(({ status }) => status !== "wrong-case");
  test.each(doubtful.map(({ eventType, note }) => [eventType, note]))("%s", (eventType = "", note = "") => {
    const meant = (note.match(OCI) ?? []).map((type) => type.replace(/\.begin$/, ""));
    const said = typeAdvice(eventType, () => index);
    expect(said.startsWith(`${eventType}, which `)).toBe(true);
    expect(meant.filter((type) => !said.includes(type.replace("speech.completedtranscriptionjob", "speech")))).toEqual(
      [],
    );
  });

  test("every type that an advice names is documented", () => {
    const said = doubtful.map(({ eventType }) => typeAdvice(eventType, () => index).replace(eventType, ""));
    const named = said
      .flatMap((each) => each.match(OCI) ?? [])
      .filter((type) => type !== "com.oraclecloud.aiservicespeech");
    expect(named.filter((type) => !isDocumented(type, documented))).toEqual([]);
    expect(named.length).toBeGreaterThan(10);
  });
});

describe("an action on an instance is told by its kind", () => {
  const INSTEAD =
    "which OCI does not send: it comes as com.oraclecloud.computeapi.instanceaction.end with data.additionalDetails.instanceActionType";
  test.each([
    ["computeapi.stopinstance.end", '"stop"'],
    ["computeapi.stopinstance", '"stop"'],
    ["computeapi.startinstance.begin", '"start"'],
    ["computeapi.softstopinstance.end", '"softstop"'],
    ["computeapi.rebootinstance.end", '"softreset" or "reset"'],
    ["computeapi.instancestopped", '"stop"'],
    ["compute.stop_instance.end", '"stop"'],
  ])("%s", (type, kind) => {
    expect(advice(type)).toBe(`com.oraclecloud.${type}, ${INSTEAD} ${kind}`);
  });

  test("the pools of instances have such types of their own", () => {
    expect(advice("computeapi.stopinstancepool.end")).toContain(
      "did you mean com.oraclecloud.computemanagement.stopinstancepool.end?",
    );
  });
});

describe("what Oracle's list lacks altogether can come as a record only", () => {
  test.each([
    ["logging.createloggroup", "logs and their groups"],
    ["dns.createzone", "DNS"],
    ["vaultsecret.createsecretversion", "secrets of a vault"],
    ["kms.createsecret", "secrets of a vault"],
    ["streaming.createstream", "Streaming"],
    ["streaming-controlplane.createstream", "Streaming"],
    ["monitoring.createalarm", "changes of alarms"],
    ["emaildelivery.createsender", "Email Delivery"],
    ["objectstorage.changebucketcompartment", "the compartments of buckets"],
  ])("%s", (type, what) => {
    expect(advice(type)).toBe(
      `com.oraclecloud.${type}, which Events does not emit: Oracle's list has nothing of ${what}; it can only come as an audit ` +
        "record, through Connector Hub from the log group _Audit",
    );
  });

  test.each([
    "loadbalancer.createloadbalancer",
    "networkloadbalancer.updatelistener.end",
    "oralb-api.createloadbalancer.end",
  ])("%s, of which the audit record's type is known", (type) => {
    expect(advice(type)).toBe(
      `com.oraclecloud.${type}, which Events does not emit: Oracle's list has nothing of load balancers; it can only come as an audit ` +
        "record, of a type such as com.oraclecloud.oralb-api.updateloadbalancer.end (of a network load balancer " +
        "com.oraclecloud.network-load-balancer-api.updatenetworkloadbalancer.end), through Connector Hub from the log group _Audit",
    );
  });

  test.each([
    "vcn.flowlogs.dataevent",
    "loadbalancer.access",
    "dns.private.resolver",
  ])("%s, from a log of its own", (type) => {
    expect(advice(type)).toMatch(
      /which Events does not emit: .* only come as a record of its log, through Connector Hub/,
    );
  });

  test.each(["computeapi.getinstance", "objectstorage.listobjects"])("%s, as a read", (type) => {
    expect(advice(type)).toMatch(/which Events does not emit, as it tells of next to no reads: .*_Audit/);
  });

  test("but not what has a documented service beside it", () => {
    const types = [
      "identitycontrolplane.createcustomersecretky",
      "monitoring.alarm.firing",
      "computemanagement.attachloadbalancers.end",
    ];
    expect(types.map(advice).filter((said) => !said.includes("did you mean"))).toEqual([]);
  });
});

describe("a pattern", () => {
  test.each([
    "computeapi.*stop*",
    "audit.*",
    "loadbalancer.*",
    "identitycontrolplane.*login",
  ])("%s has the advice of what it is meant to fit", (type) => {
    expect(advice(type)).toMatch(
      /^the pattern com\.oraclecloud\..*, which (OCI (never sends|does not send)|Events does not emit)/,
    );
  });
});
