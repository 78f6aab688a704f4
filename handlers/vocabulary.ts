import type { Vocabulary } from "../src/naming/naming.ts";
import { names } from "./names.ts";
import { services } from "./services.ts";
import { words } from "./words.ts";

/**
 * What Oracle's event types are written with: the naming rule (src/naming/naming.ts) reads them by these words. Facts only: a
 * word that a new service brings is added to words.ts, a name that the rule gets wrong to names.ts.
 */
export const vocabulary: Vocabulary = {
  words,
  attributes: `
    acl admin_shell_access backup_retention_period baseline billing capabilities cidr compute_model config_file
    confirmation connection_status contents csv custom_protection_rules db_version details errors gds_control_node
    gsm_certificate_signing_request gsms horizontal initial_credentials iorm_config keystore_type kms_key license_type
    log_insights logs manifest memory_estimate metadata open_mode patch_level permission_level pluggable_databases
    repository_settings role scheduled_operations security_rules settings shape sharding
    signed_certificate_and_generate_wallet state tags task_state tools ui_password vertical vm_clusters wallet
  `,
  generic: `
    access_request action addon agent alert app application asset association autoscale_configuration backend
    backend_set backup block_storage build cache catalog certificate channel check cloud_sql cluster collection
    configuration connection connection_string content cycle data deployment deployment_backup discovery domain
    encryption_key endpoint entitlement entity environment export export_set field finding fleet gateway grant host
    hostname index instance job job_run kafka label listener lookup managed_instance metadata migration model
    model_endpoint monitor namespace network node object osn package parser peer pipeline pipeline_run platform
    platform_instance preferences private_endpoint problem product profile project property replica report repository
    retention routing_policy rule rule_set run scheduled_task script session sharding sighting snap snapshot
    software_update source ssl_cipher_suite stack subscription table tag task tool topic trigger update upload view
    vm_instance wallet warning work_request workspace zone
  `,
  fillers: "cp public api autoscale",
  spelling: [
    "Cloud Bridge, Cloud Guard, Data Catalog, Data Flow, Data Guard, Data Integration, Data Safe, Data Science",
    "License Manager, Log Analytics, OS Management, Resource Manager, Roving Edge, ACL, ADM, AI, API, ATAT, BDS, CDN",
    "CIS, CPE, CSV, DB, DevOps, DHCP, DIS, DNS, Docker, DR, DRG, ESXi, ExaCC, Exadata, ExaDB, Fusion, GDS, GoldenGate",
    "GSM, HCX, HeatWave, HTTP, IdP, IORM, IoT, IP, IPSec, Java, Kafka, KMS, MFA, ML, MySQL, NAT, NoSQL, OAuth, ODA",
    "ODH, OKE, OMH, OPA, OpenSearch, Oracle, OSN, PDB, PostgreSQL, PSA, Redis, SDDC, SMTP, SQL, SSH, SSL, TimesTen",
    "TOTP, UI, VBS, VCN, VIP, VLAN, VM, VMware, VNIC, WAAS, WAF, WebLogic, Windows, WLS, ZPR",
  ].join(", "),
  services,
  names,
};
