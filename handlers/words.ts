/**
 * Words that operations are run together of, in the singular, in any order: those of Oracle's list, and what new services may
 * well bring. Joined by `_` are those that belong together, because the naming rule would take a part of them for a verb.
 */
export const words = `
  a acceleration accelerator accepted access account acl action activation active adapter addon address address_list
  admin affinity after agent agreement ai airgap alarm alarm_suppression alert all allowed analysis analytics analyzer
  and annotation announcement anomaly api app appliance application approval approved archival archived archiving
  array artifact assessment asset assignment association attachment attempt attention attribute audit auth
  authenticated authentication authority auto automatic automation autonomous autoscaling availability available
  awaiting backend backend_set backlog balance bandwidth bare baremetal base based baseline bastion batch batch_job
  bds benchmark billing binding biometric blob block blockchain blueprint bonding boot branch broker bucket budget
  bug_fix build_pipeline build_run bulk bundle by byoip_range cache cache_cluster caching calendar campaign canary
  capability capacity capacity_topology capture_filter cascade cascading catalog category cdn cell certificate channel
  chart chat checksum child cidr cipher cis classification client clin cloud cluster code code_repo collection column
  command comment commit_hash commitment community compartment compatibility complete completed component compute
  concurrent condition config configuration confirmation conflict conformance connect_harness connection connector
  consent console consumer contact container content context contract control conversion core cost counter country cp
  cpe crash created creating creation credential credit critical cron cross_connect cross_connect_group cryptographic
  csv currency cursor custom customer cycle dashboard data data_guard data_lake data_safe database dataset day db
  debug dedicated dedicated_vm_host default definition degraded delegated delegation deleted deleting deletion
  delivery dependency deploy_artifact deploy_environment deploy_pipeline deploy_stage deployment descriptor desktop
  destination detail detected device devops dhcp dhcp_options diagnostics diagram dimension directory dis disabled
  discovery disk dismissed display distributed distribution distribution_list dkim dns dns_zone dnssec docker document
  domain domain_record dominant down dr draft drg drift drill driver duration dynamic edge edition element em_bridge
  email email_domain emulator enabled encryption endpoint enforced engine enhancement entitlement entity entry
  envelope environment epoch error estimate esxi event ex exacc exacompute exadata exadb exascale exceeded exchange
  execution expected expiration expired expires expiry exploit export_set expression extended external facet factor
  fail failed failure family farm fault feature federated federation feed fence field file file_system finding
  fingerprint firewall flag flavor fleet flow folder footprint for forecast format foundation fragment framework free
  freeform frequency from front fsu fsu_action full function fusion gateway gds generation generative generic global
  gpu grant graph grid group grouped gsm guard guest guide handler handshake hardware hash hcx header health
  health_checker health_state healthy heatwave high hint historical history holder home home_region hook horizontal
  host hostname hour http hub hybrid ib icon id identity idp ilom image image_family implementation in in_place
  inactive incident index indicator inference info information infrastructure ingest ingest_stream ingestion ingress
  insight instance integration interaction interactive internal internet inventory invitation invoice iorm iot ip
  ipsec ipv ipv6 isolation issue issuer item job job_run journal json kafka kernel key key_phrase keystore keyword kms
  knowledge knowledge_graph ksplice label lake landing language large last latency latest layer layout ldap lease
  ledger legal lens letter level library license lifecycle limit line_item linked listener listing live load_balancer
  load_balancing local local_peering location lockbox locker log log_analytics log_group logical login logout long
  lookup loop lustre machine machine_image mail mailbox maintenance managed management management_station manager
  manifest manual mapping marketplace masking matched material matrix measure media meeting member membership memory
  memory_cluster merchant mesh message metadata metastore meter method metric mfa mgmt migrated migration minute ml
  mobile mode model model_endpoint module module_stream monitor monitored month mount_point mount_target mtn multi my
  mysql name namespace nat native needs neighbor network network_load_balancer new news next nlb no node non nosql not
  notebook notice notification now number oauth object observer occ oce oda odh of offer office omh on on_prem
  onboarding one_off online oops opa opensearch operation operator opportunity opt_in optimization option or oracle
  order organization origin os osn other otp outage outbound outcome output overlay owner package packaging panic
  parameter parent parser partition partner party password path pattern payload payment pdb peak peer peering pending
  performance period permission persona phase phone photo phrase physical physical_standby ping pipeline pipeline_run
  placement plan planned platform playbook pluggable plugin pod point_in_time policy pool port portfolio post pre
  pre_termination precheck preemption preferences prefix preset preview price pricing primary principal priority
  private probe problem procedure process processor producer product profile program project promotion prompt proof
  property protected protection prototype provider provisioning proxy psa public pull_request purchase purpose
  qualified qubit query_template queue quota range rank rate rating raw reachable reached reader readiness realm
  reason reboot recalled receipt receive_pack recipe recommendation record recovery redirect redis reference
  referential refreshable refund region registration registry regular relation remediated reminder remote
  remote_peering remote_peering_connection renewal replica replication repo report repository required rerun
  rescheduled reservation resiliency resolution resolver resource resource_manager responder response restore_point
  retention retention_rule retrieval rev_cycle review_request risk robot role rollout root route route_table router
  routing row rpst rrset rule rule_set runbook running runtime safe safety saml sample sandbox saved_query
  saved_search scaling scan_recipe scan_result scan_target scenario scheduled scheduled_job scheduled_query
  scheduled_task scheduler scheduling schema science scim scope score script sddc seat secondary secret secret_version
  section security security_list seed segment selector sender sensitive sensor sentiment sequence serial series server
  server_group service service_account session setting shape shard_group shardable sharded sharding shared shell short
  sidecar sighting sign signal signature signed signing signon single site size sku slot smart_nic smtp snap snapshot
  snapshot_policy social soft software software_update soon source space spec speech spot sql ssh ssl stack
  stack_monitoring staging standby standby_cluster started state statement static station status steering stopped
  storage storage_class storage_tier store strategy stream stream_pool string subject submission subnet subnet_group
  subscription succeeded success successful suite support supported suppression suppression_list survey swift switches
  symbol synthetic sys sysadmin system table tag target task task_order task_run tasks team telemetry template
  template_version tenancy tenant term terminated termination terraform text thread threat three threshold throttled
  throttling ticket tier time timeline timeout timer timesten timezone tls to token tool topic topology totp traffic
  trail train_set transaction transcription transfer transform transit translation trend triggered trust tsig_key
  tunnel type ui unavailable unhealthy unified unified_agent unplanned unprocessed upcoming updated updating upgraded
  url usage user user_space utilization valkey vault vbs vcn vector vendor verification version vertical video view
  vip virtual virtual_circuit virtualization virtualized visual vlan vm vmware vnic voice volume volume_attachment vpn
  vtap vulnerability waas waiting wallet warehouse warning wave web week weight widget window windows wireless with
  witness wizard wls work_request worker workflow workload workspace world write_back zero_latency zonal zone zpr
`;
