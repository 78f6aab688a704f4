import type { Resources } from "../../src/resource.ts";

export const storage = {
  volume: {
    things: "blockvolumes.volume computeapi.volume",
    is: "disk",
    noun: "Block volume",
    console: "block-storage/volumes",
    sets: { disk_type: "data" },
  },
  boot_volume: {
    things: "blockvolumes.boot_volume computeapi.boot_volume",
    is: "disk",
    console: "block-storage/boot-volumes",
    sets: { disk_type: "sys" },
  },
  volume_backup: {
    things: "blockvolumes.volume_backup",
    is: "snapshot",
    noun: "Block volume backup",
    sets: { disk_type: "data" },
    reads: { disk_id: "volumeId" },
  },
  boot_volume_backup: {
    things: "blockvolumes.boot_volume_backup",
    is: "snapshot",
    console: "block-storage/boot-volume-backups",
    sets: { disk_type: "sys" },
    reads: { disk_id: "volumeId" },
  },
  volume_group: { things: "blockvolumes.volume_group" },
  volume_group_backup: { things: "blockvolumes.volume_group_backup" },
  volume_backup_policy: { things: "blockvolumes.volume_backup_policy", is: "snapshotpolicy" },
  volume_backup_policy_assignment: { things: "blockvolumes.volume_backup_policy_assignment" },

  // Object storage, but for the types that have code of their own
  object_storage_bucket: { things: "objectstorage.bucket", is: "bucket", noun: "Bucket" },
  object_storage_object: { things: "objectstorage.object", is: "object", noun: "Object" },

  // File storage
  file_system: { things: "filestorage.file_system", is: "file_system", console: "fss/file-systems" },
  file_system_snapshot: { things: "filestorage.snapshot", noun: "File system snapshot" },
  file_system_export: { things: "filestorage.export" },
  mount_target: { things: "filestorage.mount_target" },
  export_set: { things: "filestorage.export_set" },
  lustre_file_system: { things: "lustrefilestorage.lustre_file_system", is: "file_system" },
  object_storage_link: { things: "lustrefilestorage.object_storage_link" },
} as const satisfies Resources;
