/**
 * OCI's nouns as they stand in event types -> Yunion's resource_type, where Yunion has the thing. Serves the types that no
 * family names; a noun that is not here keeps OCI's own word.
 */
export const resourceTypes: Readonly<Record<string, string>> = {
  instance: "server",
  volume: "disk",
  bootvolume: "disk",
  volumebackup: "snapshot",
  bootvolumebackup: "snapshot",
  vcn: "vpc",
  subnet: "network",
  securitylist: "secgroup",
  networksecuritygroup: "secgroup",
  publicip: "eip",
  filesystem: "file_system",
  compartment: "project",
  autonomousdatabase: "dbinstance",
  autonomous_database_instance: "dbinstance",
  dbsystem: "dbinstance",
  instancepool: "scalinggroup",
};
