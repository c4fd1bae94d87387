-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateEnum
CREATE TYPE "VmState" AS ENUM ('building', 'active', 'stopped', 'paused', 'suspended', 'rescued', 'resized', 'error', 'deleted', 'soft_deleted', 'shelved', 'shelved_offloaded');

-- CreateEnum
CREATE TYPE "AssignmentType" AS ENUM ('project', 'domain', 'system');

-- CreateEnum
CREATE TYPE "ImageStatus" AS ENUM ('queued', 'saving', 'uploading', 'importing', 'active', 'killed', 'deleted', 'deactivated');

-- CreateEnum
CREATE TYPE "OperationStatus" AS ENUM ('queued', 'running', 'undoing', 'succeeded', 'failed', 'cancelled');

-- CreateEnum
CREATE TYPE "StepStatus" AS ENUM ('pending', 'running', 'done', 'failed', 'undone', 'undo_failed');

-- CreateEnum
CREATE TYPE "QuotaScope" AS ENUM ('project', 'user');

-- CreateEnum
CREATE TYPE "VolumeStatus" AS ENUM ('creating', 'downloading', 'available', 'reserved', 'attaching', 'in_use', 'detaching', 'extending', 'uploading', 'backing_up', 'restoring_backup', 'retyping', 'reverting', 'maintenance', 'awaiting_transfer', 'managing', 'deleting', 'error', 'error_deleting', 'error_extending', 'error_restoring', 'error_managing', 'error_backing_up');

-- CreateEnum
CREATE TYPE "SnapshotStatus" AS ENUM ('creating', 'available', 'backing_up', 'restoring', 'deleting', 'error', 'error_deleting');

-- CreateEnum
CREATE TYPE "BackupStatus" AS ENUM ('creating', 'available', 'restoring', 'deleting', 'error', 'error_deleting');

-- CreateTable
CREATE TABLE "Flavor" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "vcpus" INTEGER NOT NULL,
    "ramMib" INTEGER NOT NULL,
    "diskGib" INTEGER NOT NULL,
    "ephemeralGib" INTEGER NOT NULL DEFAULT 0,
    "swapMib" INTEGER NOT NULL DEFAULT 0,
    "isPublic" BOOLEAN NOT NULL DEFAULT true,
    "disabled" BOOLEAN NOT NULL DEFAULT false,
    "extraSpecs" JSONB,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "Flavor_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "FlavorAccess" (
    "flavorId" TEXT NOT NULL,
    "projectId" TEXT NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "FlavorAccess_pkey" PRIMARY KEY ("flavorId","projectId")
);

-- CreateTable
CREATE TABLE "KeyPair" (
    "id" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "type" TEXT NOT NULL DEFAULT 'ssh',
    "publicKey" TEXT NOT NULL,
    "fingerprint" TEXT NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "KeyPair_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Host" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "zone" TEXT NOT NULL DEFAULT 'nova',
    "ownZone" TEXT NOT NULL DEFAULT 'nova',
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "disabledReason" TEXT,
    "maintenance" BOOLEAN NOT NULL DEFAULT false,
    "underlayIp" TEXT,
    "failedBuilds" INTEGER NOT NULL DEFAULT 0,
    "generation" INTEGER NOT NULL DEFAULT 0,
    "vcpus" INTEGER NOT NULL DEFAULT 0,
    "ramMib" INTEGER NOT NULL DEFAULT 0,
    "diskGib" INTEGER NOT NULL DEFAULT 0,
    "reservedVcpus" INTEGER NOT NULL DEFAULT 0,
    "reservedRamMib" INTEGER NOT NULL DEFAULT 0,
    "reservedDiskGib" INTEGER NOT NULL DEFAULT 0,
    "vcpuRatio" DOUBLE PRECISION NOT NULL DEFAULT 4,
    "ramRatio" DOUBLE PRECISION NOT NULL DEFAULT 1,
    "diskRatio" DOUBLE PRECISION NOT NULL DEFAULT 1,
    "usedVcpus" INTEGER NOT NULL DEFAULT 0,
    "usedRamMib" INTEGER NOT NULL DEFAULT 0,
    "usedDiskGib" INTEGER NOT NULL DEFAULT 0,
    "instanceCount" INTEGER NOT NULL DEFAULT 0,
    "computeDriver" TEXT NOT NULL DEFAULT '',
    "networkDriver" TEXT NOT NULL DEFAULT '',
    "facts" JSONB,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "Host_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Aggregate" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "zone" TEXT,
    "metadata" JSONB NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "Aggregate_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "AggregateHost" (
    "aggregateId" TEXT NOT NULL,
    "hostId" TEXT NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "AggregateHost_pkey" PRIMARY KEY ("aggregateId","hostId")
);

-- CreateTable
CREATE TABLE "ServerGroup" (
    "id" TEXT NOT NULL,
    "projectId" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "policy" TEXT NOT NULL,
    "maxPerHost" INTEGER NOT NULL DEFAULT 1,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "ServerGroup_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Service" (
    "id" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "hostId" TEXT,
    "hostName" TEXT NOT NULL,
    "pid" INTEGER NOT NULL,
    "version" TEXT NOT NULL,
    "startedAt" TIMESTAMP(3) NOT NULL,
    "lastSeenAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "Service_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Allocation" (
    "consumerId" TEXT NOT NULL,
    "instanceId" TEXT NOT NULL,
    "hostId" TEXT NOT NULL,
    "vcpus" INTEGER NOT NULL,
    "ramMib" INTEGER NOT NULL,
    "diskGib" INTEGER NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Allocation_pkey" PRIMARY KEY ("consumerId")
);

-- CreateTable
CREATE TABLE "Migration" (
    "id" TEXT NOT NULL,
    "instanceId" TEXT NOT NULL,
    "projectId" TEXT NOT NULL,
    "operationId" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "sourceHost" TEXT NOT NULL,
    "destHost" TEXT,
    "requestedHost" TEXT,
    "oldFlavor" JSONB,
    "newFlavor" JSONB,
    "oldVmState" TEXT NOT NULL,
    "totalBytes" BIGINT,
    "doneBytes" BIGINT,
    "downtimeMs" INTEGER,
    "pauseRequested" BOOLEAN NOT NULL DEFAULT false,
    "errorMessage" TEXT,
    "confirmAt" TIMESTAMP(3),
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,
    "endedAt" TIMESTAMP(3),

    CONSTRAINT "Migration_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Drain" (
    "id" TEXT NOT NULL,
    "hostId" TEXT NOT NULL,
    "hostName" TEXT NOT NULL,
    "userId" TEXT,
    "requestId" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "concurrency" INTEGER NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,
    "endedAt" TIMESTAMP(3),

    CONSTRAINT "Drain_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "DrainMove" (
    "drainId" TEXT NOT NULL,
    "instanceId" TEXT NOT NULL,
    "instanceName" TEXT NOT NULL,
    "projectId" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "way" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "reason" TEXT,
    "destHost" TEXT,
    "migrationId" TEXT,
    "operationId" TEXT,
    "updatedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "DrainMove_pkey" PRIMARY KEY ("drainId","instanceId")
);

-- CreateTable
CREATE TABLE "InstanceTag" (
    "instanceId" TEXT NOT NULL,
    "tag" TEXT NOT NULL,

    CONSTRAINT "InstanceTag_pkey" PRIMARY KEY ("instanceId","tag")
);

-- CreateTable
CREATE TABLE "Instance" (
    "id" TEXT NOT NULL,
    "projectId" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "hostname" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "vmState" "VmState" NOT NULL DEFAULT 'building',
    "taskState" TEXT,
    "powerState" INTEGER NOT NULL DEFAULT 0,
    "generation" INTEGER NOT NULL DEFAULT 0,
    "hostId" TEXT,
    "zone" TEXT,
    "flavorId" TEXT NOT NULL,
    "flavorName" TEXT NOT NULL,
    "vcpus" INTEGER NOT NULL,
    "ramMib" INTEGER NOT NULL,
    "diskGib" INTEGER NOT NULL,
    "ephemeralGib" INTEGER NOT NULL DEFAULT 0,
    "swapMib" INTEGER NOT NULL DEFAULT 0,
    "extraSpecs" JSONB,
    "imageId" TEXT,
    "imageName" TEXT NOT NULL DEFAULT '',
    "imageProperties" JSONB,
    "rescue" JSONB,
    "configDrive" BOOLEAN NOT NULL DEFAULT false,
    "base" JSONB,
    "shelvedImageId" TEXT,
    "shelvedAt" TIMESTAMP(3),
    "keyName" TEXT,
    "keyPublic" TEXT,
    "userData" BYTEA,
    "metadata" JSONB NOT NULL,
    "reservationId" TEXT NOT NULL,
    "launchIndex" INTEGER NOT NULL DEFAULT 0,
    "ec2Id" SERIAL NOT NULL,
    "locked" BOOLEAN NOT NULL DEFAULT false,
    "lockedReason" TEXT,
    "lockedBy" TEXT,
    "requestedZone" TEXT,
    "hints" JSONB,
    "serverGroupId" TEXT,
    "restartPolicy" TEXT NOT NULL DEFAULT 'never',
    "deletedAt" TIMESTAMP(3),
    "faultCode" INTEGER,
    "faultMessage" TEXT,
    "faultDetail" JSONB,
    "faultAt" TIMESTAMP(3),
    "launchedAt" TIMESTAMP(3),
    "guestPassword" TEXT,
    "guestReadyAt" TIMESTAMP(3),
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "Instance_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ScheduleAttempt" (
    "id" TEXT NOT NULL,
    "instanceId" TEXT NOT NULL,
    "operationId" TEXT NOT NULL,
    "attempt" INTEGER NOT NULL,
    "chosenHost" TEXT,
    "verdicts" JSONB NOT NULL,
    "failure" TEXT,
    "past" BOOLEAN NOT NULL DEFAULT false,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "ScheduleAttempt_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "MetricBlock" (
    "resourceId" TEXT NOT NULL,
    "tier" INTEGER NOT NULL,
    "startsAt" TIMESTAMP(3) NOT NULL,
    "hostName" TEXT NOT NULL,
    "expiresAt" TIMESTAMP(3) NOT NULL,
    "data" BYTEA NOT NULL,

    CONSTRAINT "MetricBlock_pkey" PRIMARY KEY ("resourceId","tier","startsAt","hostName")
);

-- CreateTable
CREATE TABLE "BackupSchedule" (
    "instanceId" TEXT NOT NULL,
    "projectId" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "backupType" TEXT NOT NULL,
    "everyHours" INTEGER NOT NULL,
    "keep" INTEGER NOT NULL,
    "nextAt" TIMESTAMP(3) NOT NULL,
    "dueAt" TIMESTAMP(3) NOT NULL,
    "lastStartedAt" TIMESTAMP(3),
    "lastProblem" TEXT,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "BackupSchedule_pkey" PRIMARY KEY ("instanceId")
);

-- CreateTable
CREATE TABLE "ConsoleToken" (
    "id" TEXT NOT NULL,
    "secretHash" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "instanceId" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "projectId" TEXT,
    "credentialType" TEXT NOT NULL,
    "credentialId" TEXT NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expiresAt" TIMESTAMP(3) NOT NULL,
    "usedAt" TIMESTAMP(3),

    CONSTRAINT "ConsoleToken_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Domain" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "Domain_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "User" (
    "id" TEXT NOT NULL,
    "domainId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "email" TEXT,
    "description" TEXT NOT NULL DEFAULT '',
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "passwordHash" TEXT,
    "defaultProjectId" TEXT,
    "generation" INTEGER NOT NULL DEFAULT 0,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,
    "lastLoginAt" TIMESTAMP(3),

    CONSTRAINT "User_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Project" (
    "id" TEXT NOT NULL,
    "domainId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "Project_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Role" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Role_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Assignment" (
    "id" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "roleId" TEXT NOT NULL,
    "targetType" "AssignmentType" NOT NULL,
    "targetId" TEXT NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Assignment_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Session" (
    "id" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "secretHash" TEXT NOT NULL,
    "previousHash" TEXT,
    "rotatedAt" TIMESTAMP(3) NOT NULL,
    "projectId" TEXT,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "lastSeenAt" TIMESTAMP(3) NOT NULL,
    "idleExpiresAt" TIMESTAMP(3) NOT NULL,
    "absoluteExpiresAt" TIMESTAMP(3) NOT NULL,
    "revokedAt" TIMESTAMP(3),
    "address" TEXT NOT NULL DEFAULT '',
    "userAgent" TEXT NOT NULL DEFAULT '',

    CONSTRAINT "Session_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Token" (
    "id" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "name" TEXT NOT NULL DEFAULT '',
    "secretHash" TEXT NOT NULL,
    "scopeType" "AssignmentType" NOT NULL,
    "scopeId" TEXT NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expiresAt" TIMESTAMP(3) NOT NULL,
    "lastUsedAt" TIMESTAMP(3),
    "revokedAt" TIMESTAMP(3),

    CONSTRAINT "Token_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "LoginThrottle" (
    "key" TEXT NOT NULL,
    "failures" INTEGER NOT NULL,
    "windowStart" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "LoginThrottle_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "Image" (
    "id" TEXT NOT NULL,
    "projectId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "status" "ImageStatus" NOT NULL DEFAULT 'queued',
    "visibility" TEXT NOT NULL DEFAULT 'private',
    "protected" BOOLEAN NOT NULL DEFAULT false,
    "hidden" BOOLEAN NOT NULL DEFAULT false,
    "containerFormat" TEXT NOT NULL DEFAULT 'bare',
    "diskFormat" TEXT NOT NULL,
    "size" BIGINT,
    "virtualSize" BIGINT,
    "checksum" TEXT,
    "hashAlgo" TEXT,
    "hashValue" TEXT,
    "minDiskGib" INTEGER NOT NULL DEFAULT 0,
    "minRamMib" INTEGER NOT NULL DEFAULT 0,
    "properties" JSONB NOT NULL,
    "stagedBytes" BIGINT,
    "importTask" JSONB,
    "uploadToken" TEXT,
    "uploadExpiresAt" TIMESTAMP(3),
    "uploadedBytes" BIGINT,
    "uploadSize" BIGINT,
    "failure" TEXT,
    "instanceId" TEXT,
    "backupType" TEXT,
    "generation" INTEGER NOT NULL DEFAULT 0,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "Image_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ImageLocation" (
    "imageId" TEXT NOT NULL,
    "store" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'active',
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "ImageLocation_pkey" PRIMARY KEY ("imageId","store")
);

-- CreateTable
CREATE TABLE "ImageMember" (
    "imageId" TEXT NOT NULL,
    "projectId" TEXT NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'pending',
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "ImageMember_pkey" PRIMARY KEY ("imageId","projectId")
);

-- CreateTable
CREATE TABLE "ImageTag" (
    "imageId" TEXT NOT NULL,
    "tag" TEXT NOT NULL,

    CONSTRAINT "ImageTag_pkey" PRIMARY KEY ("imageId","tag")
);

-- CreateTable
CREATE TABLE "Network" (
    "id" TEXT NOT NULL,
    "projectId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "status" TEXT NOT NULL DEFAULT 'ACTIVE',
    "adminStateUp" BOOLEAN NOT NULL DEFAULT true,
    "shared" BOOLEAN NOT NULL DEFAULT false,
    "external" BOOLEAN NOT NULL DEFAULT false,
    "physicalNetwork" TEXT,
    "vlanId" INTEGER,
    "dnsDomain" TEXT NOT NULL DEFAULT '',
    "qosPolicyId" TEXT,
    "portSecurity" BOOLEAN NOT NULL DEFAULT true,
    "mtu" INTEGER NOT NULL DEFAULT 1450,
    "segmentId" INTEGER NOT NULL,
    "generation" INTEGER NOT NULL DEFAULT 0,
    "deleting" BOOLEAN NOT NULL DEFAULT false,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "Network_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "NetworkHost" (
    "networkId" TEXT NOT NULL,
    "hostName" TEXT NOT NULL,
    "door" BOOLEAN NOT NULL DEFAULT false,
    "doorReason" TEXT NOT NULL DEFAULT '',
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "NetworkHost_pkey" PRIMARY KEY ("networkId","hostName")
);

-- CreateTable
CREATE TABLE "Subnet" (
    "id" TEXT NOT NULL,
    "networkId" TEXT NOT NULL,
    "projectId" TEXT NOT NULL,
    "name" TEXT NOT NULL DEFAULT '',
    "ipVersion" INTEGER NOT NULL DEFAULT 4,
    "cidr" TEXT NOT NULL,
    "gatewayIp" TEXT,
    "enableDhcp" BOOLEAN NOT NULL DEFAULT true,
    "pools" JSONB NOT NULL,
    "dnsServers" JSONB NOT NULL,
    "hostRoutes" JSONB NOT NULL,
    "ipv6RaMode" TEXT,
    "ipv6AddressMode" TEXT,
    "subnetPoolId" TEXT,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "Subnet_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Port" (
    "id" TEXT NOT NULL,
    "networkId" TEXT NOT NULL,
    "projectId" TEXT NOT NULL,
    "instanceId" TEXT,
    "name" TEXT NOT NULL DEFAULT '',
    "macAddress" TEXT NOT NULL,
    "adminStateUp" BOOLEAN NOT NULL DEFAULT true,
    "portSecurity" BOOLEAN NOT NULL DEFAULT true,
    "deviceOwner" TEXT NOT NULL DEFAULT '',
    "deviceId" TEXT NOT NULL DEFAULT '',
    "deviceIndex" INTEGER,
    "deleteWithInstance" BOOLEAN NOT NULL DEFAULT false,
    "description" TEXT NOT NULL DEFAULT '',
    "allowedAddressPairs" JSONB,
    "dnsName" TEXT NOT NULL DEFAULT '',
    "extraDhcpOptions" JSONB,
    "qosPolicyId" TEXT,
    "status" TEXT NOT NULL DEFAULT 'DOWN',
    "hostName" TEXT,
    "standbyHost" TEXT,
    "vifType" TEXT NOT NULL DEFAULT 'unbound',
    "generation" INTEGER NOT NULL DEFAULT 0,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "Port_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "AddressAllocation" (
    "subnetId" TEXT NOT NULL,
    "ipAddress" TEXT NOT NULL,
    "portId" TEXT NOT NULL,
    "networkId" TEXT NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "AddressAllocation_pkey" PRIMARY KEY ("subnetId","ipAddress")
);

-- CreateTable
CREATE TABLE "Router" (
    "id" TEXT NOT NULL,
    "projectId" TEXT NOT NULL,
    "name" TEXT NOT NULL DEFAULT '',
    "description" TEXT NOT NULL DEFAULT '',
    "adminStateUp" BOOLEAN NOT NULL DEFAULT true,
    "status" TEXT NOT NULL DEFAULT 'ALLOCATING',
    "statusReason" TEXT NOT NULL DEFAULT '',
    "externalNetworkId" TEXT,
    "gatewayPortId" TEXT,
    "enableSnat" BOOLEAN NOT NULL DEFAULT true,
    "routes" JSONB NOT NULL,
    "hostName" TEXT,
    "generation" INTEGER NOT NULL DEFAULT 0,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "Router_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "FloatingIp" (
    "id" TEXT NOT NULL,
    "projectId" TEXT NOT NULL,
    "networkId" TEXT NOT NULL,
    "address" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "floatingPortId" TEXT NOT NULL,
    "portId" TEXT,
    "fixedIpAddress" TEXT,
    "routerId" TEXT,
    "status" TEXT NOT NULL DEFAULT 'DOWN',
    "generation" INTEGER NOT NULL DEFAULT 0,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "FloatingIp_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "PortForwarding" (
    "id" TEXT NOT NULL,
    "floatingIpId" TEXT NOT NULL,
    "protocol" TEXT NOT NULL,
    "externalPort" INTEGER NOT NULL,
    "internalPortId" TEXT NOT NULL,
    "internalAddress" TEXT NOT NULL,
    "internalPort" INTEGER NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "PortForwarding_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "SecurityGroup" (
    "id" TEXT NOT NULL,
    "projectId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "stateful" BOOLEAN NOT NULL DEFAULT true,
    "defaultOf" TEXT,
    "generation" INTEGER NOT NULL DEFAULT 0,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "SecurityGroup_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "SecurityGroupRule" (
    "id" TEXT NOT NULL,
    "groupId" TEXT NOT NULL,
    "projectId" TEXT NOT NULL,
    "direction" TEXT NOT NULL,
    "ethertype" TEXT NOT NULL DEFAULT 'IPv4',
    "protocol" TEXT,
    "portMin" INTEGER,
    "portMax" INTEGER,
    "remoteIpPrefix" TEXT,
    "remoteGroupId" TEXT,
    "remoteAddressGroupId" TEXT,
    "description" TEXT NOT NULL DEFAULT '',
    "fingerprint" TEXT NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "SecurityGroupRule_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "PortSecurityGroup" (
    "portId" TEXT NOT NULL,
    "groupId" TEXT NOT NULL,

    CONSTRAINT "PortSecurityGroup_pkey" PRIMARY KEY ("portId","groupId")
);

-- CreateTable
CREATE TABLE "AddressGroup" (
    "id" TEXT NOT NULL,
    "projectId" TEXT NOT NULL,
    "name" TEXT NOT NULL DEFAULT '',
    "description" TEXT NOT NULL DEFAULT '',
    "generation" INTEGER NOT NULL DEFAULT 0,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "AddressGroup_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "AddressGroupEntry" (
    "groupId" TEXT NOT NULL,
    "cidr" TEXT NOT NULL,

    CONSTRAINT "AddressGroupEntry_pkey" PRIMARY KEY ("groupId","cidr")
);

-- CreateTable
CREATE TABLE "QosPolicy" (
    "id" TEXT NOT NULL,
    "projectId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "shared" BOOLEAN NOT NULL DEFAULT false,
    "defaultOf" TEXT,
    "generation" INTEGER NOT NULL DEFAULT 0,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "QosPolicy_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "QosRule" (
    "id" TEXT NOT NULL,
    "policyId" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "direction" TEXT NOT NULL DEFAULT 'egress',
    "maxKbps" INTEGER,
    "maxBurstKbps" INTEGER,
    "maxKpps" INTEGER,
    "dscpMark" INTEGER,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "QosRule_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "NetworkRbac" (
    "id" TEXT NOT NULL,
    "networkId" TEXT NOT NULL,
    "projectId" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "targetProject" TEXT NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "NetworkRbac_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "SubnetPool" (
    "id" TEXT NOT NULL,
    "projectId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "ipVersion" INTEGER NOT NULL DEFAULT 4,
    "prefixes" JSONB NOT NULL,
    "minPrefixLength" INTEGER NOT NULL,
    "defaultPrefixLength" INTEGER NOT NULL,
    "maxPrefixLength" INTEGER NOT NULL,
    "defaultQuota" INTEGER,
    "shared" BOOLEAN NOT NULL DEFAULT false,
    "isDefault" BOOLEAN NOT NULL DEFAULT false,
    "generation" INTEGER NOT NULL DEFAULT 0,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "SubnetPool_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "NetworkTag" (
    "id" TEXT NOT NULL,
    "tag" TEXT NOT NULL,
    "networkId" TEXT,
    "subnetId" TEXT,
    "portId" TEXT,
    "routerId" TEXT,
    "floatingIpId" TEXT,
    "securityGroupId" TEXT,
    "qosPolicyId" TEXT,
    "subnetPoolId" TEXT,

    CONSTRAINT "NetworkTag_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Operation" (
    "id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "projectId" TEXT,
    "userId" TEXT,
    "requestId" TEXT NOT NULL,
    "resourceType" TEXT NOT NULL,
    "resourceId" TEXT NOT NULL,
    "resourceName" TEXT NOT NULL DEFAULT '',
    "status" "OperationStatus" NOT NULL DEFAULT 'queued',
    "progress" INTEGER NOT NULL DEFAULT 0,
    "message" TEXT NOT NULL DEFAULT '',
    "input" JSONB NOT NULL,
    "output" JSONB,
    "errorCode" TEXT,
    "errorMessage" TEXT,
    "errorDetail" JSONB,
    "cancelRequested" BOOLEAN NOT NULL DEFAULT false,
    "attempt" INTEGER NOT NULL DEFAULT 0,
    "leaseToken" INTEGER NOT NULL DEFAULT 0,
    "leaseOwner" TEXT,
    "leaseExpiresAt" TIMESTAMP(3),
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "startedAt" TIMESTAMP(3),
    "endedAt" TIMESTAMP(3),
    "updatedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "Operation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "OperationStep" (
    "operationId" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "host" TEXT,
    "status" "StepStatus" NOT NULL DEFAULT 'pending',
    "attempt" INTEGER NOT NULL DEFAULT 0,
    "output" JSONB,
    "errorMessage" TEXT,
    "startedAt" TIMESTAMP(3),
    "endedAt" TIMESTAMP(3),

    CONSTRAINT "OperationStep_pkey" PRIMARY KEY ("operationId","position")
);

-- CreateTable
CREATE TABLE "Outbox" (
    "id" TEXT NOT NULL,
    "channel" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "payload" JSONB NOT NULL,
    "headers" JSONB NOT NULL,
    "notBefore" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Outbox_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Audit" (
    "id" TEXT NOT NULL,
    "at" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "requestId" TEXT NOT NULL,
    "actorType" TEXT NOT NULL,
    "userId" TEXT,
    "userName" TEXT NOT NULL DEFAULT '',
    "projectId" TEXT,
    "verb" TEXT NOT NULL,
    "resourceType" TEXT NOT NULL,
    "resourceId" TEXT NOT NULL,
    "resourceName" TEXT NOT NULL DEFAULT '',
    "detail" JSONB,
    "address" TEXT NOT NULL DEFAULT '',

    CONSTRAINT "Audit_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Lease" (
    "name" TEXT NOT NULL,
    "owner" TEXT NOT NULL,
    "token" INTEGER NOT NULL DEFAULT 0,
    "expiresAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "Lease_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "QuotaUsage" (
    "scope" "QuotaScope" NOT NULL,
    "scopeId" TEXT NOT NULL,
    "resource" TEXT NOT NULL,
    "used" DOUBLE PRECISION NOT NULL DEFAULT 0,

    CONSTRAINT "QuotaUsage_pkey" PRIMARY KEY ("scope","scopeId","resource")
);

-- CreateTable
CREATE TABLE "QuotaLimit" (
    "projectId" TEXT NOT NULL,
    "resource" TEXT NOT NULL,
    "limit" DOUBLE PRECISION NOT NULL,

    CONSTRAINT "QuotaLimit_pkey" PRIMARY KEY ("projectId","resource")
);

-- CreateTable
CREATE TABLE "VolumeType" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "isPublic" BOOLEAN NOT NULL DEFAULT true,
    "extraSpecs" JSONB NOT NULL,
    "qosSpecId" TEXT,
    "encryption" JSONB,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "VolumeType_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "VolumeTypeAccess" (
    "typeId" TEXT NOT NULL,
    "projectId" TEXT NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "VolumeTypeAccess_pkey" PRIMARY KEY ("typeId","projectId")
);

-- CreateTable
CREATE TABLE "VolumeDefaultType" (
    "projectId" TEXT NOT NULL,
    "typeId" TEXT NOT NULL,

    CONSTRAINT "VolumeDefaultType_pkey" PRIMARY KEY ("projectId")
);

-- CreateTable
CREATE TABLE "VolumeQosSpec" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "consumer" TEXT NOT NULL DEFAULT 'front-end',
    "specs" JSONB NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "VolumeQosSpec_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "VolumeBackend" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "hostName" TEXT NOT NULL,
    "zone" TEXT NOT NULL,
    "driver" TEXT NOT NULL,
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "disabledReason" TEXT,
    "totalBytes" BIGINT NOT NULL DEFAULT 0,
    "freeBytes" BIGINT NOT NULL DEFAULT 0,
    "provisioning" DOUBLE PRECISION NOT NULL DEFAULT 10,
    "reservedPercent" INTEGER NOT NULL DEFAULT 0,
    "allocatedGib" INTEGER NOT NULL DEFAULT 0,
    "volumeCount" INTEGER NOT NULL DEFAULT 0,
    "generation" INTEGER NOT NULL DEFAULT 0,
    "abilities" JSONB NOT NULL,
    "trouble" TEXT,
    "seenAt" TIMESTAMP(3),
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "VolumeBackend_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Volume" (
    "id" TEXT NOT NULL,
    "projectId" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "name" TEXT NOT NULL DEFAULT '',
    "description" TEXT NOT NULL DEFAULT '',
    "sizeGib" INTEGER NOT NULL,
    "status" "VolumeStatus" NOT NULL DEFAULT 'creating',
    "previousStatus" "VolumeStatus",
    "migrationStatus" TEXT,
    "typeId" TEXT NOT NULL,
    "backendId" TEXT,
    "zone" TEXT NOT NULL,
    "snapshotId" TEXT,
    "sourceVolumeId" TEXT,
    "imageId" TEXT,
    "backupId" TEXT,
    "bootable" BOOLEAN NOT NULL DEFAULT false,
    "readOnly" BOOLEAN NOT NULL DEFAULT false,
    "multiattach" BOOLEAN NOT NULL DEFAULT false,
    "encrypted" BOOLEAN NOT NULL DEFAULT false,
    "sealedKey" TEXT,
    "sealedSecret" TEXT,
    "limits" JSONB,
    "imageProperties" JSONB,
    "metadata" JSONB NOT NULL,
    "hints" JSONB,
    "place" JSONB,
    "failure" TEXT,
    "generation" INTEGER NOT NULL DEFAULT 0,
    "ec2Id" SERIAL NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "Volume_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "VolumeAttachment" (
    "id" TEXT NOT NULL,
    "volumeId" TEXT NOT NULL,
    "projectId" TEXT NOT NULL,
    "instanceId" TEXT,
    "hostName" TEXT,
    "standbyHost" TEXT,
    "status" TEXT NOT NULL,
    "mode" TEXT NOT NULL DEFAULT 'rw',
    "device" TEXT,
    "bootIndex" INTEGER,
    "deleteOnTermination" BOOLEAN NOT NULL DEFAULT false,
    "tag" TEXT,
    "diskBus" TEXT,
    "attachedAt" TIMESTAMP(3),
    "failure" TEXT,
    "generation" INTEGER NOT NULL DEFAULT 0,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "VolumeAttachment_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "VolumeSnapshot" (
    "id" TEXT NOT NULL,
    "projectId" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "volumeId" TEXT NOT NULL,
    "name" TEXT NOT NULL DEFAULT '',
    "description" TEXT NOT NULL DEFAULT '',
    "sizeGib" INTEGER NOT NULL,
    "status" "SnapshotStatus" NOT NULL DEFAULT 'creating',
    "metadata" JSONB NOT NULL,
    "place" JSONB,
    "failure" TEXT,
    "generation" INTEGER NOT NULL DEFAULT 0,
    "ec2Id" SERIAL NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "VolumeSnapshot_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "VolumeBackup" (
    "id" TEXT NOT NULL,
    "projectId" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "volumeId" TEXT NOT NULL,
    "snapshotId" TEXT,
    "volumeName" TEXT NOT NULL DEFAULT '',
    "name" TEXT NOT NULL DEFAULT '',
    "description" TEXT NOT NULL DEFAULT '',
    "sizeGib" INTEGER NOT NULL,
    "status" "BackupStatus" NOT NULL DEFAULT 'creating',
    "parentId" TEXT,
    "store" TEXT NOT NULL DEFAULT '',
    "container" TEXT NOT NULL DEFAULT '',
    "objectCount" INTEGER NOT NULL DEFAULT 0,
    "storedBytes" BIGINT NOT NULL DEFAULT 0,
    "checksum" TEXT,
    "metadata" JSONB NOT NULL,
    "origin" JSONB NOT NULL,
    "failure" TEXT,
    "dataAt" TIMESTAMP(3),
    "generation" INTEGER NOT NULL DEFAULT 0,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "VolumeBackup_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "VolumeTransfer" (
    "id" TEXT NOT NULL,
    "volumeId" TEXT NOT NULL,
    "projectId" TEXT NOT NULL,
    "name" TEXT NOT NULL DEFAULT '',
    "keyHash" TEXT NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "VolumeTransfer_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "Flavor_name_key" ON "Flavor"("name");

-- CreateIndex
CREATE INDEX "FlavorAccess_projectId_idx" ON "FlavorAccess"("projectId");

-- CreateIndex
CREATE UNIQUE INDEX "KeyPair_userId_name_key" ON "KeyPair"("userId", "name");

-- CreateIndex
CREATE UNIQUE INDEX "Host_name_key" ON "Host"("name");

-- CreateIndex
CREATE UNIQUE INDEX "Aggregate_name_key" ON "Aggregate"("name");

-- CreateIndex
CREATE INDEX "AggregateHost_hostId_idx" ON "AggregateHost"("hostId");

-- CreateIndex
CREATE INDEX "ServerGroup_projectId_createdAt_id_idx" ON "ServerGroup"("projectId", "createdAt", "id");

-- CreateIndex
CREATE INDEX "ServerGroup_projectId_name_id_idx" ON "ServerGroup"("projectId", "name", "id");

-- CreateIndex
CREATE UNIQUE INDEX "Service_role_hostName_key" ON "Service"("role", "hostName");

-- CreateIndex
CREATE INDEX "Allocation_hostId_idx" ON "Allocation"("hostId");

-- CreateIndex
CREATE INDEX "Allocation_instanceId_idx" ON "Allocation"("instanceId");

-- CreateIndex
CREATE INDEX "Migration_instanceId_createdAt_idx" ON "Migration"("instanceId", "createdAt");

-- CreateIndex
CREATE INDEX "Migration_createdAt_id_idx" ON "Migration"("createdAt", "id");

-- CreateIndex
CREATE INDEX "Migration_projectId_createdAt_id_idx" ON "Migration"("projectId", "createdAt", "id");

-- CreateIndex
CREATE INDEX "Migration_status_confirmAt_idx" ON "Migration"("status", "confirmAt");

-- CreateIndex
CREATE INDEX "Migration_sourceHost_status_idx" ON "Migration"("sourceHost", "status");

-- CreateIndex
CREATE INDEX "Migration_destHost_status_idx" ON "Migration"("destHost", "status");

-- CreateIndex
CREATE INDEX "Drain_status_idx" ON "Drain"("status");

-- CreateIndex
CREATE INDEX "Drain_hostId_createdAt_idx" ON "Drain"("hostId", "createdAt");

-- CreateIndex
CREATE INDEX "Drain_createdAt_id_idx" ON "Drain"("createdAt", "id");

-- CreateIndex
CREATE INDEX "DrainMove_drainId_status_position_idx" ON "DrainMove"("drainId", "status", "position");

-- CreateIndex
CREATE INDEX "DrainMove_instanceId_idx" ON "DrainMove"("instanceId");

-- CreateIndex
CREATE INDEX "InstanceTag_tag_idx" ON "InstanceTag"("tag");

-- CreateIndex
CREATE UNIQUE INDEX "Instance_ec2Id_key" ON "Instance"("ec2Id");

-- CreateIndex
CREATE INDEX "Instance_projectId_createdAt_id_idx" ON "Instance"("projectId", "createdAt", "id");

-- CreateIndex
CREATE INDEX "Instance_projectId_name_id_idx" ON "Instance"("projectId", "name", "id");

-- CreateIndex
CREATE INDEX "Instance_projectId_vmState_idx" ON "Instance"("projectId", "vmState");

-- CreateIndex
CREATE INDEX "Instance_vmState_shelvedAt_idx" ON "Instance"("vmState", "shelvedAt");

-- CreateIndex
CREATE INDEX "Instance_createdAt_id_idx" ON "Instance"("createdAt", "id");

-- CreateIndex
CREATE INDEX "Instance_name_id_idx" ON "Instance"("name", "id");

-- CreateIndex
CREATE INDEX "Instance_hostId_idx" ON "Instance"("hostId");

-- CreateIndex
CREATE INDEX "Instance_taskState_updatedAt_idx" ON "Instance"("taskState", "updatedAt");

-- CreateIndex
CREATE INDEX "Instance_imageId_idx" ON "Instance"("imageId");

-- CreateIndex
CREATE INDEX "Instance_serverGroupId_idx" ON "Instance"("serverGroupId");

-- CreateIndex
CREATE INDEX "Instance_deletedAt_idx" ON "Instance"("deletedAt");

-- CreateIndex
CREATE INDEX "ScheduleAttempt_instanceId_idx" ON "ScheduleAttempt"("instanceId");

-- CreateIndex
CREATE UNIQUE INDEX "ScheduleAttempt_operationId_attempt_key" ON "ScheduleAttempt"("operationId", "attempt");

-- CreateIndex
CREATE INDEX "MetricBlock_hostName_tier_startsAt_idx" ON "MetricBlock"("hostName", "tier", "startsAt");

-- CreateIndex
CREATE INDEX "MetricBlock_expiresAt_idx" ON "MetricBlock"("expiresAt");

-- CreateIndex
CREATE INDEX "BackupSchedule_dueAt_idx" ON "BackupSchedule"("dueAt");

-- CreateIndex
CREATE UNIQUE INDEX "ConsoleToken_secretHash_key" ON "ConsoleToken"("secretHash");

-- CreateIndex
CREATE INDEX "ConsoleToken_expiresAt_idx" ON "ConsoleToken"("expiresAt");

-- CreateIndex
CREATE UNIQUE INDEX "Domain_name_key" ON "Domain"("name");

-- CreateIndex
CREATE INDEX "User_name_id_idx" ON "User"("name", "id");

-- CreateIndex
CREATE INDEX "User_createdAt_id_idx" ON "User"("createdAt", "id");

-- CreateIndex
CREATE UNIQUE INDEX "User_domainId_name_key" ON "User"("domainId", "name");

-- CreateIndex
CREATE INDEX "Project_name_id_idx" ON "Project"("name", "id");

-- CreateIndex
CREATE INDEX "Project_createdAt_id_idx" ON "Project"("createdAt", "id");

-- CreateIndex
CREATE UNIQUE INDEX "Project_domainId_name_key" ON "Project"("domainId", "name");

-- CreateIndex
CREATE UNIQUE INDEX "Role_name_key" ON "Role"("name");

-- CreateIndex
CREATE INDEX "Assignment_targetType_targetId_idx" ON "Assignment"("targetType", "targetId");

-- CreateIndex
CREATE INDEX "Assignment_createdAt_id_idx" ON "Assignment"("createdAt", "id");

-- CreateIndex
CREATE UNIQUE INDEX "Assignment_userId_roleId_targetType_targetId_key" ON "Assignment"("userId", "roleId", "targetType", "targetId");

-- CreateIndex
CREATE UNIQUE INDEX "Session_secretHash_key" ON "Session"("secretHash");

-- CreateIndex
CREATE UNIQUE INDEX "Session_previousHash_key" ON "Session"("previousHash");

-- CreateIndex
CREATE INDEX "Session_userId_idx" ON "Session"("userId");

-- CreateIndex
CREATE INDEX "Session_absoluteExpiresAt_idx" ON "Session"("absoluteExpiresAt");

-- CreateIndex
CREATE UNIQUE INDEX "Token_secretHash_key" ON "Token"("secretHash");

-- CreateIndex
CREATE INDEX "Token_userId_idx" ON "Token"("userId");

-- CreateIndex
CREATE INDEX "Token_expiresAt_idx" ON "Token"("expiresAt");

-- CreateIndex
CREATE INDEX "LoginThrottle_windowStart_idx" ON "LoginThrottle"("windowStart");

-- CreateIndex
CREATE INDEX "Image_projectId_createdAt_id_idx" ON "Image"("projectId", "createdAt", "id");

-- CreateIndex
CREATE INDEX "Image_projectId_name_id_idx" ON "Image"("projectId", "name", "id");

-- CreateIndex
CREATE INDEX "Image_visibility_idx" ON "Image"("visibility");

-- CreateIndex
CREATE INDEX "Image_instanceId_backupType_createdAt_idx" ON "Image"("instanceId", "backupType", "createdAt");

-- CreateIndex
CREATE INDEX "Image_status_uploadExpiresAt_idx" ON "Image"("status", "uploadExpiresAt");

-- CreateIndex
CREATE INDEX "ImageLocation_store_status_idx" ON "ImageLocation"("store", "status");

-- CreateIndex
CREATE INDEX "ImageMember_projectId_status_idx" ON "ImageMember"("projectId", "status");

-- CreateIndex
CREATE INDEX "ImageTag_tag_idx" ON "ImageTag"("tag");

-- CreateIndex
CREATE UNIQUE INDEX "Network_segmentId_key" ON "Network"("segmentId");

-- CreateIndex
CREATE INDEX "Network_projectId_createdAt_id_idx" ON "Network"("projectId", "createdAt", "id");

-- CreateIndex
CREATE INDEX "Network_projectId_name_id_idx" ON "Network"("projectId", "name", "id");

-- CreateIndex
CREATE INDEX "Network_shared_idx" ON "Network"("shared");

-- CreateIndex
CREATE INDEX "Network_external_idx" ON "Network"("external");

-- CreateIndex
CREATE INDEX "Network_qosPolicyId_idx" ON "Network"("qosPolicyId");

-- CreateIndex
CREATE UNIQUE INDEX "Network_physicalNetwork_vlanId_key" ON "Network"("physicalNetwork", "vlanId");

-- CreateIndex
CREATE INDEX "NetworkHost_hostName_idx" ON "NetworkHost"("hostName");

-- CreateIndex
CREATE INDEX "Subnet_projectId_idx" ON "Subnet"("projectId");

-- CreateIndex
CREATE INDEX "Subnet_subnetPoolId_idx" ON "Subnet"("subnetPoolId");

-- CreateIndex
CREATE UNIQUE INDEX "Subnet_networkId_cidr_key" ON "Subnet"("networkId", "cidr");

-- CreateIndex
CREATE INDEX "Port_projectId_createdAt_id_idx" ON "Port"("projectId", "createdAt", "id");

-- CreateIndex
CREATE INDEX "Port_networkId_createdAt_id_idx" ON "Port"("networkId", "createdAt", "id");

-- CreateIndex
CREATE INDEX "Port_hostName_idx" ON "Port"("hostName");

-- CreateIndex
CREATE INDEX "Port_standbyHost_idx" ON "Port"("standbyHost");

-- CreateIndex
CREATE INDEX "Port_deviceOwner_deviceId_idx" ON "Port"("deviceOwner", "deviceId");

-- CreateIndex
CREATE INDEX "Port_qosPolicyId_idx" ON "Port"("qosPolicyId");

-- CreateIndex
CREATE UNIQUE INDEX "Port_networkId_macAddress_key" ON "Port"("networkId", "macAddress");

-- CreateIndex
CREATE UNIQUE INDEX "Port_instanceId_deviceIndex_key" ON "Port"("instanceId", "deviceIndex");

-- CreateIndex
CREATE INDEX "AddressAllocation_portId_idx" ON "AddressAllocation"("portId");

-- CreateIndex
CREATE UNIQUE INDEX "AddressAllocation_networkId_ipAddress_key" ON "AddressAllocation"("networkId", "ipAddress");

-- CreateIndex
CREATE UNIQUE INDEX "Router_gatewayPortId_key" ON "Router"("gatewayPortId");

-- CreateIndex
CREATE INDEX "Router_projectId_createdAt_id_idx" ON "Router"("projectId", "createdAt", "id");

-- CreateIndex
CREATE INDEX "Router_projectId_name_id_idx" ON "Router"("projectId", "name", "id");

-- CreateIndex
CREATE INDEX "Router_hostName_idx" ON "Router"("hostName");

-- CreateIndex
CREATE INDEX "Router_externalNetworkId_idx" ON "Router"("externalNetworkId");

-- CreateIndex
CREATE UNIQUE INDEX "FloatingIp_floatingPortId_key" ON "FloatingIp"("floatingPortId");

-- CreateIndex
CREATE INDEX "FloatingIp_projectId_createdAt_id_idx" ON "FloatingIp"("projectId", "createdAt", "id");

-- CreateIndex
CREATE INDEX "FloatingIp_portId_idx" ON "FloatingIp"("portId");

-- CreateIndex
CREATE INDEX "FloatingIp_routerId_idx" ON "FloatingIp"("routerId");

-- CreateIndex
CREATE UNIQUE INDEX "FloatingIp_networkId_address_key" ON "FloatingIp"("networkId", "address");

-- CreateIndex
CREATE UNIQUE INDEX "FloatingIp_networkId_portId_fixedIpAddress_key" ON "FloatingIp"("networkId", "portId", "fixedIpAddress");

-- CreateIndex
CREATE INDEX "PortForwarding_internalPortId_idx" ON "PortForwarding"("internalPortId");

-- CreateIndex
CREATE UNIQUE INDEX "PortForwarding_floatingIpId_protocol_externalPort_key" ON "PortForwarding"("floatingIpId", "protocol", "externalPort");

-- CreateIndex
CREATE UNIQUE INDEX "PortForwarding_floatingIpId_protocol_internalAddress_intern_key" ON "PortForwarding"("floatingIpId", "protocol", "internalAddress", "internalPort");

-- CreateIndex
CREATE UNIQUE INDEX "SecurityGroup_defaultOf_key" ON "SecurityGroup"("defaultOf");

-- CreateIndex
CREATE INDEX "SecurityGroup_projectId_createdAt_id_idx" ON "SecurityGroup"("projectId", "createdAt", "id");

-- CreateIndex
CREATE INDEX "SecurityGroup_projectId_name_id_idx" ON "SecurityGroup"("projectId", "name", "id");

-- CreateIndex
CREATE INDEX "SecurityGroupRule_remoteGroupId_idx" ON "SecurityGroupRule"("remoteGroupId");

-- CreateIndex
CREATE INDEX "SecurityGroupRule_remoteAddressGroupId_idx" ON "SecurityGroupRule"("remoteAddressGroupId");

-- CreateIndex
CREATE INDEX "SecurityGroupRule_projectId_idx" ON "SecurityGroupRule"("projectId");

-- CreateIndex
CREATE UNIQUE INDEX "SecurityGroupRule_groupId_fingerprint_key" ON "SecurityGroupRule"("groupId", "fingerprint");

-- CreateIndex
CREATE INDEX "PortSecurityGroup_groupId_idx" ON "PortSecurityGroup"("groupId");

-- CreateIndex
CREATE INDEX "AddressGroup_projectId_createdAt_id_idx" ON "AddressGroup"("projectId", "createdAt", "id");

-- CreateIndex
CREATE UNIQUE INDEX "QosPolicy_defaultOf_key" ON "QosPolicy"("defaultOf");

-- CreateIndex
CREATE INDEX "QosPolicy_projectId_createdAt_id_idx" ON "QosPolicy"("projectId", "createdAt", "id");

-- CreateIndex
CREATE INDEX "QosPolicy_shared_idx" ON "QosPolicy"("shared");

-- CreateIndex
CREATE UNIQUE INDEX "QosRule_policyId_type_direction_key" ON "QosRule"("policyId", "type", "direction");

-- CreateIndex
CREATE INDEX "NetworkRbac_targetProject_action_idx" ON "NetworkRbac"("targetProject", "action");

-- CreateIndex
CREATE INDEX "NetworkRbac_projectId_idx" ON "NetworkRbac"("projectId");

-- CreateIndex
CREATE UNIQUE INDEX "NetworkRbac_networkId_action_targetProject_key" ON "NetworkRbac"("networkId", "action", "targetProject");

-- CreateIndex
CREATE INDEX "SubnetPool_projectId_createdAt_id_idx" ON "SubnetPool"("projectId", "createdAt", "id");

-- CreateIndex
CREATE INDEX "SubnetPool_shared_idx" ON "SubnetPool"("shared");

-- CreateIndex
CREATE UNIQUE INDEX "NetworkTag_networkId_tag_key" ON "NetworkTag"("networkId", "tag");

-- CreateIndex
CREATE UNIQUE INDEX "NetworkTag_subnetId_tag_key" ON "NetworkTag"("subnetId", "tag");

-- CreateIndex
CREATE UNIQUE INDEX "NetworkTag_portId_tag_key" ON "NetworkTag"("portId", "tag");

-- CreateIndex
CREATE UNIQUE INDEX "NetworkTag_routerId_tag_key" ON "NetworkTag"("routerId", "tag");

-- CreateIndex
CREATE UNIQUE INDEX "NetworkTag_floatingIpId_tag_key" ON "NetworkTag"("floatingIpId", "tag");

-- CreateIndex
CREATE UNIQUE INDEX "NetworkTag_securityGroupId_tag_key" ON "NetworkTag"("securityGroupId", "tag");

-- CreateIndex
CREATE UNIQUE INDEX "NetworkTag_qosPolicyId_tag_key" ON "NetworkTag"("qosPolicyId", "tag");

-- CreateIndex
CREATE UNIQUE INDEX "NetworkTag_subnetPoolId_tag_key" ON "NetworkTag"("subnetPoolId", "tag");

-- CreateIndex
CREATE INDEX "Operation_projectId_createdAt_id_idx" ON "Operation"("projectId", "createdAt", "id");

-- CreateIndex
CREATE INDEX "Operation_createdAt_id_idx" ON "Operation"("createdAt", "id");

-- CreateIndex
CREATE INDEX "Operation_resourceType_resourceId_createdAt_idx" ON "Operation"("resourceType", "resourceId", "createdAt");

-- CreateIndex
CREATE INDEX "Operation_status_leaseExpiresAt_idx" ON "Operation"("status", "leaseExpiresAt");

-- CreateIndex
CREATE INDEX "Outbox_notBefore_id_idx" ON "Outbox"("notBefore", "id");

-- CreateIndex
CREATE INDEX "Audit_projectId_at_id_idx" ON "Audit"("projectId", "at", "id");

-- CreateIndex
CREATE INDEX "Audit_at_id_idx" ON "Audit"("at", "id");

-- CreateIndex
CREATE INDEX "Audit_resourceType_resourceId_at_idx" ON "Audit"("resourceType", "resourceId", "at");

-- CreateIndex
CREATE INDEX "Audit_requestId_idx" ON "Audit"("requestId");

-- CreateIndex
CREATE UNIQUE INDEX "VolumeType_name_key" ON "VolumeType"("name");

-- CreateIndex
CREATE INDEX "VolumeType_qosSpecId_idx" ON "VolumeType"("qosSpecId");

-- CreateIndex
CREATE INDEX "VolumeTypeAccess_projectId_idx" ON "VolumeTypeAccess"("projectId");

-- CreateIndex
CREATE UNIQUE INDEX "VolumeQosSpec_name_key" ON "VolumeQosSpec"("name");

-- CreateIndex
CREATE UNIQUE INDEX "VolumeBackend_name_key" ON "VolumeBackend"("name");

-- CreateIndex
CREATE INDEX "VolumeBackend_hostName_idx" ON "VolumeBackend"("hostName");

-- CreateIndex
CREATE UNIQUE INDEX "Volume_ec2Id_key" ON "Volume"("ec2Id");

-- CreateIndex
CREATE INDEX "Volume_projectId_createdAt_id_idx" ON "Volume"("projectId", "createdAt", "id");

-- CreateIndex
CREATE INDEX "Volume_projectId_name_id_idx" ON "Volume"("projectId", "name", "id");

-- CreateIndex
CREATE INDEX "Volume_projectId_status_idx" ON "Volume"("projectId", "status");

-- CreateIndex
CREATE INDEX "Volume_createdAt_id_idx" ON "Volume"("createdAt", "id");

-- CreateIndex
CREATE INDEX "Volume_backendId_idx" ON "Volume"("backendId");

-- CreateIndex
CREATE INDEX "Volume_typeId_idx" ON "Volume"("typeId");

-- CreateIndex
CREATE INDEX "Volume_status_updatedAt_idx" ON "Volume"("status", "updatedAt");

-- CreateIndex
CREATE INDEX "Volume_snapshotId_idx" ON "Volume"("snapshotId");

-- CreateIndex
CREATE INDEX "Volume_sourceVolumeId_idx" ON "Volume"("sourceVolumeId");

-- CreateIndex
CREATE INDEX "Volume_imageId_idx" ON "Volume"("imageId");

-- CreateIndex
CREATE INDEX "VolumeAttachment_instanceId_idx" ON "VolumeAttachment"("instanceId");

-- CreateIndex
CREATE INDEX "VolumeAttachment_hostName_idx" ON "VolumeAttachment"("hostName");

-- CreateIndex
CREATE INDEX "VolumeAttachment_projectId_createdAt_id_idx" ON "VolumeAttachment"("projectId", "createdAt", "id");

-- CreateIndex
CREATE INDEX "VolumeAttachment_status_updatedAt_idx" ON "VolumeAttachment"("status", "updatedAt");

-- CreateIndex
CREATE UNIQUE INDEX "VolumeAttachment_volumeId_instanceId_key" ON "VolumeAttachment"("volumeId", "instanceId");

-- CreateIndex
CREATE UNIQUE INDEX "VolumeSnapshot_ec2Id_key" ON "VolumeSnapshot"("ec2Id");

-- CreateIndex
CREATE INDEX "VolumeSnapshot_projectId_createdAt_id_idx" ON "VolumeSnapshot"("projectId", "createdAt", "id");

-- CreateIndex
CREATE INDEX "VolumeSnapshot_projectId_name_id_idx" ON "VolumeSnapshot"("projectId", "name", "id");

-- CreateIndex
CREATE INDEX "VolumeSnapshot_volumeId_createdAt_idx" ON "VolumeSnapshot"("volumeId", "createdAt");

-- CreateIndex
CREATE INDEX "VolumeSnapshot_status_updatedAt_idx" ON "VolumeSnapshot"("status", "updatedAt");

-- CreateIndex
CREATE INDEX "VolumeBackup_projectId_createdAt_id_idx" ON "VolumeBackup"("projectId", "createdAt", "id");

-- CreateIndex
CREATE INDEX "VolumeBackup_projectId_name_id_idx" ON "VolumeBackup"("projectId", "name", "id");

-- CreateIndex
CREATE INDEX "VolumeBackup_volumeId_createdAt_idx" ON "VolumeBackup"("volumeId", "createdAt");

-- CreateIndex
CREATE INDEX "VolumeBackup_parentId_idx" ON "VolumeBackup"("parentId");

-- CreateIndex
CREATE INDEX "VolumeBackup_status_updatedAt_idx" ON "VolumeBackup"("status", "updatedAt");

-- CreateIndex
CREATE UNIQUE INDEX "VolumeTransfer_volumeId_key" ON "VolumeTransfer"("volumeId");

-- CreateIndex
CREATE INDEX "VolumeTransfer_projectId_createdAt_id_idx" ON "VolumeTransfer"("projectId", "createdAt", "id");

-- AddForeignKey
ALTER TABLE "FlavorAccess" ADD CONSTRAINT "FlavorAccess_flavorId_fkey" FOREIGN KEY ("flavorId") REFERENCES "Flavor"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "KeyPair" ADD CONSTRAINT "KeyPair_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "AggregateHost" ADD CONSTRAINT "AggregateHost_aggregateId_fkey" FOREIGN KEY ("aggregateId") REFERENCES "Aggregate"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "AggregateHost" ADD CONSTRAINT "AggregateHost_hostId_fkey" FOREIGN KEY ("hostId") REFERENCES "Host"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Service" ADD CONSTRAINT "Service_hostId_fkey" FOREIGN KEY ("hostId") REFERENCES "Host"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Allocation" ADD CONSTRAINT "Allocation_hostId_fkey" FOREIGN KEY ("hostId") REFERENCES "Host"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Allocation" ADD CONSTRAINT "Allocation_instanceId_fkey" FOREIGN KEY ("instanceId") REFERENCES "Instance"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Migration" ADD CONSTRAINT "Migration_instanceId_fkey" FOREIGN KEY ("instanceId") REFERENCES "Instance"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "DrainMove" ADD CONSTRAINT "DrainMove_drainId_fkey" FOREIGN KEY ("drainId") REFERENCES "Drain"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "InstanceTag" ADD CONSTRAINT "InstanceTag_instanceId_fkey" FOREIGN KEY ("instanceId") REFERENCES "Instance"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Instance" ADD CONSTRAINT "Instance_hostId_fkey" FOREIGN KEY ("hostId") REFERENCES "Host"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Instance" ADD CONSTRAINT "Instance_serverGroupId_fkey" FOREIGN KEY ("serverGroupId") REFERENCES "ServerGroup"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "BackupSchedule" ADD CONSTRAINT "BackupSchedule_instanceId_fkey" FOREIGN KEY ("instanceId") REFERENCES "Instance"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "User" ADD CONSTRAINT "User_domainId_fkey" FOREIGN KEY ("domainId") REFERENCES "Domain"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Project" ADD CONSTRAINT "Project_domainId_fkey" FOREIGN KEY ("domainId") REFERENCES "Domain"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Assignment" ADD CONSTRAINT "Assignment_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Assignment" ADD CONSTRAINT "Assignment_roleId_fkey" FOREIGN KEY ("roleId") REFERENCES "Role"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Session" ADD CONSTRAINT "Session_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Token" ADD CONSTRAINT "Token_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ImageLocation" ADD CONSTRAINT "ImageLocation_imageId_fkey" FOREIGN KEY ("imageId") REFERENCES "Image"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ImageMember" ADD CONSTRAINT "ImageMember_imageId_fkey" FOREIGN KEY ("imageId") REFERENCES "Image"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ImageTag" ADD CONSTRAINT "ImageTag_imageId_fkey" FOREIGN KEY ("imageId") REFERENCES "Image"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Network" ADD CONSTRAINT "Network_qosPolicyId_fkey" FOREIGN KEY ("qosPolicyId") REFERENCES "QosPolicy"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "NetworkHost" ADD CONSTRAINT "NetworkHost_networkId_fkey" FOREIGN KEY ("networkId") REFERENCES "Network"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Subnet" ADD CONSTRAINT "Subnet_networkId_fkey" FOREIGN KEY ("networkId") REFERENCES "Network"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Subnet" ADD CONSTRAINT "Subnet_subnetPoolId_fkey" FOREIGN KEY ("subnetPoolId") REFERENCES "SubnetPool"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Port" ADD CONSTRAINT "Port_networkId_fkey" FOREIGN KEY ("networkId") REFERENCES "Network"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Port" ADD CONSTRAINT "Port_instanceId_fkey" FOREIGN KEY ("instanceId") REFERENCES "Instance"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Port" ADD CONSTRAINT "Port_qosPolicyId_fkey" FOREIGN KEY ("qosPolicyId") REFERENCES "QosPolicy"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "AddressAllocation" ADD CONSTRAINT "AddressAllocation_subnetId_fkey" FOREIGN KEY ("subnetId") REFERENCES "Subnet"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "AddressAllocation" ADD CONSTRAINT "AddressAllocation_portId_fkey" FOREIGN KEY ("portId") REFERENCES "Port"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Router" ADD CONSTRAINT "Router_externalNetworkId_fkey" FOREIGN KEY ("externalNetworkId") REFERENCES "Network"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Router" ADD CONSTRAINT "Router_gatewayPortId_fkey" FOREIGN KEY ("gatewayPortId") REFERENCES "Port"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "FloatingIp" ADD CONSTRAINT "FloatingIp_networkId_fkey" FOREIGN KEY ("networkId") REFERENCES "Network"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "FloatingIp" ADD CONSTRAINT "FloatingIp_floatingPortId_fkey" FOREIGN KEY ("floatingPortId") REFERENCES "Port"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "FloatingIp" ADD CONSTRAINT "FloatingIp_portId_fkey" FOREIGN KEY ("portId") REFERENCES "Port"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "FloatingIp" ADD CONSTRAINT "FloatingIp_routerId_fkey" FOREIGN KEY ("routerId") REFERENCES "Router"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "PortForwarding" ADD CONSTRAINT "PortForwarding_floatingIpId_fkey" FOREIGN KEY ("floatingIpId") REFERENCES "FloatingIp"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "PortForwarding" ADD CONSTRAINT "PortForwarding_internalPortId_fkey" FOREIGN KEY ("internalPortId") REFERENCES "Port"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "SecurityGroupRule" ADD CONSTRAINT "SecurityGroupRule_groupId_fkey" FOREIGN KEY ("groupId") REFERENCES "SecurityGroup"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "SecurityGroupRule" ADD CONSTRAINT "SecurityGroupRule_remoteGroupId_fkey" FOREIGN KEY ("remoteGroupId") REFERENCES "SecurityGroup"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "SecurityGroupRule" ADD CONSTRAINT "SecurityGroupRule_remoteAddressGroupId_fkey" FOREIGN KEY ("remoteAddressGroupId") REFERENCES "AddressGroup"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "PortSecurityGroup" ADD CONSTRAINT "PortSecurityGroup_portId_fkey" FOREIGN KEY ("portId") REFERENCES "Port"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "PortSecurityGroup" ADD CONSTRAINT "PortSecurityGroup_groupId_fkey" FOREIGN KEY ("groupId") REFERENCES "SecurityGroup"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "AddressGroupEntry" ADD CONSTRAINT "AddressGroupEntry_groupId_fkey" FOREIGN KEY ("groupId") REFERENCES "AddressGroup"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "QosRule" ADD CONSTRAINT "QosRule_policyId_fkey" FOREIGN KEY ("policyId") REFERENCES "QosPolicy"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "NetworkRbac" ADD CONSTRAINT "NetworkRbac_networkId_fkey" FOREIGN KEY ("networkId") REFERENCES "Network"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "NetworkTag" ADD CONSTRAINT "NetworkTag_networkId_fkey" FOREIGN KEY ("networkId") REFERENCES "Network"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "NetworkTag" ADD CONSTRAINT "NetworkTag_subnetId_fkey" FOREIGN KEY ("subnetId") REFERENCES "Subnet"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "NetworkTag" ADD CONSTRAINT "NetworkTag_portId_fkey" FOREIGN KEY ("portId") REFERENCES "Port"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "NetworkTag" ADD CONSTRAINT "NetworkTag_routerId_fkey" FOREIGN KEY ("routerId") REFERENCES "Router"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "NetworkTag" ADD CONSTRAINT "NetworkTag_floatingIpId_fkey" FOREIGN KEY ("floatingIpId") REFERENCES "FloatingIp"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "NetworkTag" ADD CONSTRAINT "NetworkTag_securityGroupId_fkey" FOREIGN KEY ("securityGroupId") REFERENCES "SecurityGroup"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "NetworkTag" ADD CONSTRAINT "NetworkTag_qosPolicyId_fkey" FOREIGN KEY ("qosPolicyId") REFERENCES "QosPolicy"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "NetworkTag" ADD CONSTRAINT "NetworkTag_subnetPoolId_fkey" FOREIGN KEY ("subnetPoolId") REFERENCES "SubnetPool"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "OperationStep" ADD CONSTRAINT "OperationStep_operationId_fkey" FOREIGN KEY ("operationId") REFERENCES "Operation"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "VolumeType" ADD CONSTRAINT "VolumeType_qosSpecId_fkey" FOREIGN KEY ("qosSpecId") REFERENCES "VolumeQosSpec"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "VolumeTypeAccess" ADD CONSTRAINT "VolumeTypeAccess_typeId_fkey" FOREIGN KEY ("typeId") REFERENCES "VolumeType"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Volume" ADD CONSTRAINT "Volume_typeId_fkey" FOREIGN KEY ("typeId") REFERENCES "VolumeType"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Volume" ADD CONSTRAINT "Volume_backendId_fkey" FOREIGN KEY ("backendId") REFERENCES "VolumeBackend"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "VolumeAttachment" ADD CONSTRAINT "VolumeAttachment_volumeId_fkey" FOREIGN KEY ("volumeId") REFERENCES "Volume"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "VolumeAttachment" ADD CONSTRAINT "VolumeAttachment_instanceId_fkey" FOREIGN KEY ("instanceId") REFERENCES "Instance"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "VolumeSnapshot" ADD CONSTRAINT "VolumeSnapshot_volumeId_fkey" FOREIGN KEY ("volumeId") REFERENCES "Volume"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "VolumeBackup" ADD CONSTRAINT "VolumeBackup_parentId_fkey" FOREIGN KEY ("parentId") REFERENCES "VolumeBackup"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "VolumeTransfer" ADD CONSTRAINT "VolumeTransfer_volumeId_fkey" FOREIGN KEY ("volumeId") REFERENCES "Volume"("id") ON DELETE CASCADE ON UPDATE CASCADE;
