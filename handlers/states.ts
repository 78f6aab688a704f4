import type { States } from "../src/resource.ts";

// A resource in one of these is gone, or as good as.
const ending = { TERMINATING: "deleting", TERMINATED: "deleting" };

/**
 * OCI's lifecycle states in Yunion's words, by resource_type; only where Yunion's words are known. As Cloudpods maps them, but
 * for disks: there it takes every state that OCI really has for `ready`.
 */
export const states: States = {
  server: {
    PROVISIONING: "deploying",
    STARTING: "starting",
    RUNNING: "running",
    CREATING_IMAGE: "running",
    STOPPING: "stopping",
    STOPPED: "ready",
    MOVING: "migrating",
    ...ending,
  },
  disk: {
    PROVISIONING: "allocating",
    RESTORING: "allocating",
    AVAILABLE: "ready",
    TERMINATING: "deallocating",
    TERMINATED: "deallocating",
    FAULTY: "unknown",
  },
  image: {
    PROVISIONING: "saving",
    IMPORTING: "saving",
    AVAILABLE: "active",
    EXPORTING: "active",
    DISABLED: "deleted",
    DELETED: "deleted",
    TERMINATED: "deleted",
  },
  vpc: { PROVISIONING: "pending", AVAILABLE: "available", UPDATING: "available", ...ending },
  network: { PROVISIONING: "creating", AVAILABLE: "available", UPDATING: "available", ...ending },
  secgroup: { PROVISIONING: "ready", AVAILABLE: "ready" },
  eip: {
    PROVISIONING: "allocate",
    AVAILABLE: "ready",
    ASSIGNING: "associate",
    ASSIGNED: "ready",
    UNASSIGNING: "dissociate",
    UNASSIGNED: "ready",
    TERMINATING: "deallocate",
    TERMINATED: "deallocate",
  },
};
