import type { Operation } from "../emulator/api.ts";
import type { Cloud } from "../emulator/cloud.ts";
import { applicationOperations } from "./applications.ts";
import { functionOperations } from "./function-management.ts";
import { createFunctionRunner, type RunnerOptions } from "./function-runner.ts";
import { createInvocations } from "./invocations.ts";

export interface FaasOptions extends RunnerOptions {
  /** Calls of all functions at once; one more is answered with 429. Default: no limit. */
  maxConcurrentCalls?: number;
}

export interface Faas {
  operations: Operation[];
  /** Fits Cloud.invoke. */
  invoke: Cloud["invoke"];
  /** Ends every container. */
  close: () => Promise<void>;
}

/** OCI Functions: applications, functions, invocations. What is created runs on this machine, without Docker. */
export function createFaas(cloud: Cloud, options: FaasOptions = {}): Faas {
  const runner = createFunctionRunner(cloud, options);
  const { operations, invoke, close } = createInvocations(cloud, { runner, ...options });
  return {
    operations: [...applicationOperations(cloud), ...functionOperations(cloud, runner.forget), ...operations],
    invoke,
    close,
  };
}
