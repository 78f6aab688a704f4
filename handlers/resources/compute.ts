import type { Resources } from "../../src/resource.ts";

export const compute = {
  compute_instance: { things: "computeapi.instance", is: "server", noun: "Instance", console: "compute/instances" },
  image: { things: "computeapi.image computeimagingapi.image", is: "image", console: "compute/images" },
  image_shape_compatibility: { things: "computeimagingapi.image_shape_compatibility" },
  compute_host: { things: "computeapi.compute_host", is: "host" },
  // By audit records alone, as whatever has no service before its noun.
  dedicated_vm_host: { things: "dedicated_vm_host", is: "host", noun: "Dedicated VM host" },
  compute_capacity_reservation: { things: "computeapi.compute_capacity_reservation" },
  instance_console_connection: { things: "computeapi.instance_console_connection" },
  console_history: { things: "computeapi.console_history" },
  instance_configuration: { things: "computemanagement.instance_configuration" },
  instance_pool: { things: "computemanagement.instance_pool", is: "scalinggroup", console: "compute/instance-pools" },
  cluster_network: { things: "computemanagement.cluster_network" },
  autoscaling_configuration: { things: "autoscaling.autoscaling_configuration" },
  autoscaling_policy: { things: "autoscaling.autoscaling_policy", is: "scalingpolicy" },
} as const satisfies Resources;
