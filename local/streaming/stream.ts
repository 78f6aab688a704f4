import type { Thing } from "../emulator/api.ts";

/** As it is kept. */
export interface Stream extends Thing {
  name: string;
  partitions: number;
  retentionInHours: number;
  streamPoolId: string;
  /** A deleted one is shown on, as OCI does for 90 days. */
  lifecycleState: "ACTIVE" | "DELETED";
}

export interface StreamPool extends Thing {
  name: string;
  lifecycleState: "ACTIVE" | "DELETED";
  kafkaSettings: { autoCreateTopicsEnable: boolean; logRetentionHours: number; numPartitions: number };
}
