import type { Resources } from "../../src/resource.ts";

export const operation = {
  budget: { things: "budgets.budget" },
  alert_rule: { things: "budgets.alert_rule" },
  triggered_alert: { things: "budgets.triggered_alert" },
  resource_manager_stack: { things: "oracleresourcemanager.stack", console: "resourcemanager/stacks" },
  resource_manager_job: { things: "oracleresourcemanager.job" },
  build_pipeline: { things: "devopsbuild.build_pipeline" },
  build_run: { things: "devopsbuild.build_run" },
  deploy_pipeline: { things: "devopsdeploy.deploy_pipeline" },
  devops_deployment: { things: "devopsdeploy.deployment" },
  devops_repository: { things: "devopscoderepo.repository devopscoderepo.devops_repository" },
  pull_request: { things: "devopscoderepo.pull_request" },
  devops_project: { things: "devopsproject.project devopscoderepo.project devopsproject.devops_project" },
  managed_instance: { things: "osmh.managed_instance osms.managed_instance", noun: "Managed instance" },
  managed_event: { things: "osmh.managed_event" },
  schedule: { things: "resourcescheduler.schedule", is: "scheduledtask" },
  dr_protection_group: { things: "disasterrecovery.dr_protection_group" },
  dr_plan: { things: "disasterrecovery.dr_plan" },
  dr_plan_execution: { things: "disasterrecovery.dr_plan_execution" },
  log_group: { things: "logging.log_group", console: "logging/log-groups" },
  log: { things: "logging.log" },
} as const satisfies Resources;
