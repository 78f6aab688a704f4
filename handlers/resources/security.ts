import type { Resources } from "../../src/resource.ts";

export const security = {
  vault: { things: "keymanagementservice.vault", console: "security/kms/vaults" },
  key: { things: "keymanagementservice.key" },
  key_version: { things: "keymanagementservice.key_version" },
  secret: { things: "secret" },
  bastion: { things: "bastion.bastion", console: "security/bastion/bastions" },
  bastion_session: { things: "bastion.session" },
  cloud_guard: { things: "cloudguard." },
  cloud_guard_problem: { things: "cloudguard.problem", reads: { severity: "riskLevel" } },
  cloud_guard_sighting: { things: "cloudguard.sighting" },
  data_safe_target: { things: "datasafe.data_safe_target datasafe.target_database" },
  security_assessment: { things: "datasafe.security_assessment" },
  user_assessment: { things: "datasafe.user_assessment" },
  audit_trail: { things: "datasafe.audit_trail" },
  masking_policy: { things: "datasafe.masking_policy" },
  host_scan_target: { things: "vulnerabilityscanning.host_scan_target" },
  container_scan_target: { things: "vulnerabilityscanning.container_scan_target" },
} as const satisfies Resources;
