import { type Operation, page } from "../emulator/api.ts";
import type { Cloud } from "../emulator/cloud.ts";
import { createWorkRequests } from "../emulator/work-requests.ts";
import { LOGGED_SERVICES } from "./log-details.ts";
import { createLogGroups } from "./log-groups.ts";
import { createLogs, type Log } from "./logs.ts";

export interface Logging {
  operations: Operation[];
  /** True if there is an enabled log of an application's invocations: what its functions write is kept then, and only then. */
  isLogged: (applicationId: string) => boolean;
  /** Keeps a line that a function wrote, if its application is logged. */
  write: (applicationId: string, line: LogLine) => void;
  /** What is kept of a log, the oldest line first. */
  linesOf: (logId: string) => readonly LogLine[];
}

export interface LogLine {
  functionId: string;
  /** 2026-11-30T00:00:00.000Z */
  time: string;
  message: string;
}

const MAX_LINES = 10_000;

/** The management of logs: groups, logs and their work requests. Lines stay in memory, the newest 10,000 of each log. */
export function createLogging(cloud: Cloud): Logging {
  const logs = cloud.store.collection<Log>("logs");
  const lines = new Map<string, LogLine[]>();
  const workRequests = createWorkRequests(cloud, { version: "20200531", permission: "LOG_GROUP_READ" });
  const logOf = (applicationId: string) =>
    [...logs.values()].find(
      ({ isEnabled, configuration }) => isEnabled && configuration?.source.resource === applicationId,
    );
  return {
    operations: [
      ...createLogGroups(cloud, workRequests).operations,
      ...createLogs(cloud, workRequests).operations,
      ...workRequests.operations,
      {
        method: "GET",
        path: "/20200531/v2/registry/services",
        answer(call) {
          const services = LOGGED_SERVICES.map(({ resource: _, ...service }) => ({
            ...service,
            tenantId: cloud.tenancyId,
            namespace: null,
            endpoint: cloud.url(),
          }));
          return page(call, services);
        },
      },
    ],
    isLogged: (applicationId) => logOf(applicationId) !== undefined,
    write(applicationId, line) {
      const log = logOf(applicationId);
      if (log === undefined) return;
      for (const id of lines.keys()) if (!logs.has(id)) lines.delete(id);
      const kept = lines.get(log.id) ?? [];
      kept.push(line);
      // In one go now and then: to take one off a long list for each that comes is slow.
      if (kept.length >= 2 * MAX_LINES) kept.splice(0, kept.length - MAX_LINES);
      lines.set(log.id, kept);
    },
    linesOf: (logId) => (lines.get(logId) ?? []).slice(-MAX_LINES),
  };
}
