import { Region } from "oci-common";
import { type Call, json, notFound, type Operation } from "../emulator/api.ts";
import type { Cloud } from "../emulator/cloud.ts";
import { may } from "../emulator/reach.ts";
import type { HttpAnswer } from "../loopback.ts";

/** The tenancy, its regions, and all the regions of OCI's commercial realm. */
export function createTenancy(cloud: Cloud): { operations: Operation[] } {
  const { tenancyId, region, homeRegion } = cloud;
  const isReachable = (call: Call) =>
    call.parameters.tenancyId === tenancyId && may(cloud, call, "TENANCY_INSPECT", { compartmentId: tenancyId });
  return {
    operations: [
      { method: "GET", path: "/20160918/tenancies/{tenancyId}", answer: get },
      { method: "GET", path: "/20160918/tenancies/{tenancyId}/regionSubscriptions", answer: listSubscriptions },
      { method: "GET", path: "/20160918/regions", answer: (call) => json(call, 200, regions()) },
    ],
  };

  function get(call: Call): HttpAnswer {
    if (!isReachable(call)) return notFound(call);
    return json(call, 200, {
      id: tenancyId,
      name: "localtenancy",
      description: "localtenancy",
      homeRegionKey: regionKey(homeRegion),
      upiIdcsCompatibilityLayerEndpoint: null,
      freeformTags: {},
      definedTags: {},
    });
  }

  function listSubscriptions(call: Call): HttpAnswer {
    if (!isReachable(call)) return notFound(call);
    const subscribed = [...new Set([homeRegion, region])].map((regionName) => ({
      regionKey: regionKey(regionName),
      regionName,
      status: "READY",
      isHomeRegion: regionName === homeRegion,
    }));
    return json(call, 200, subscribed);
  }
}

/** PHX for us-phoenix-1. */
function regionKey(region: string): string {
  return regions().find(({ name }) => name === region)?.key ?? region;
}

function regions(): { key: string; name: string }[] {
  const commercial = Region.values().filter(({ realm }) => realm.realmId === "oc1");
  return commercial
    .map(({ regionCode, regionId }) => ({ key: (regionCode ?? regionId).toUpperCase(), name: regionId }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}
