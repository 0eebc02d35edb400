# The agent policy of a function sandbox, for the agent of Kata 4.1 (Rego v0; what has no rule is refused).
# The values that a deployment pins follow at the end, as policy_data.
package agent_policy

import future.keywords.every
import future.keywords.in

default AllowRequestsFailingPolicy := false

# Judged by the rules below.
default AddARPNeighborsRequest := false
default CopyFileRequest := false
default CreateContainerRequest := false
default CreateSandboxRequest := false
default UpdateInterfaceRequest := false
default UpdateRoutesRequest := false

# Never: no process beside the pinned command, no look at its output, no other policy.
default CloseStdinRequest := false
default ExecProcessRequest := false
default GetDiagnosticDataRequest := false
default GetMetricsRequest := false
default MemAgentCompactSetRequest := false
default MemAgentMemcgSetRequest := false
default MemHotplugByProbeRequest := false
default PauseContainerRequest := false
default ReadStreamRequest := false
default ReseedRandomDevRequest := false
default ResizeVolumeRequest := false
default ResumeContainerRequest := false
default SetGuestDateTimeRequest := false
default SetPolicyRequest := false
default UpdateContainerRequest := false
default UpdateEphemeralMountsRequest := false
default VolumeStatsRequest := false
default WriteStreamRequest := false

# Always: they end things, or tell the host what it knows.
default DestroySandboxRequest := true
default GetOOMEventRequest := true
default GuestDetailsRequest := true
default OnlineCPUMemRequest := true
default RemoveContainerRequest := true
default RemoveStaleVirtiofsShareMountsRequest := true
default SignalProcessRequest := true
default StartContainerRequest := true
default StatsContainerRequest := true
default TtyWinResizeRequest := true
default WaitProcessRequest := true

CreateSandboxRequest {
	input.sandbox_pidns == false
	not input.guest_hook_path
	sandbox_storages
}

CreateSandboxRequest {
	input.sandbox_pidns == false
	input.guest_hook_path == ""
	sandbox_storages
}

# Shared memory of the pod is the only storage of a sandbox; an image has no place here.
sandbox_storages {
	not input.kernel_modules[0]
	every storage in object.get(input, "storages", []) {
		storage.driver == "ephemeral"
		storage.fstype == "tmpfs"
		storage.mount_point == "/run/kata-containers/sandbox/shm"
	}
}

# The pause container, out of the bundle inside the measured guest.
CreateContainerRequest {
	container_type("sandbox")
	input.OCI.Process.Args == ["/pause"]
	pulled("sandbox") == "pause"
	confined
}

# The function runtime.
CreateContainerRequest {
	container_type("container")
	input.OCI.Annotations["io.kubernetes.cri.container-name"] == "user-action"
	pulled("container") in policy_data.images
	input.OCI.Process.Args == policy_data.command
	every entry in input.OCI.Process.Env {
		environment_allowed(entry)
	}
	input.OCI.Process.User.UID == policy_data.user
	input.OCI.Process.User.GID == policy_data.user
	every group in input.OCI.Process.User.AdditionalGids {
		group == policy_data.user
	}
	input.OCI.Root.Readonly == true
	input.OCI.Process.NoNewPrivileges == true
	no_capabilities
	confined
}

container_type(type) {
	input.OCI.Annotations["io.kubernetes.cri.container-type"] == type
	not input.OCI.Annotations["io.kubernetes.cri-o.ContainerType"]
}

# The source of the one image that the guest pulls, which is the root file system. The agent decides by the metadata
# in the driver's options whether it pulls the source or unpacks its pause bundle, so these must agree with the
# annotation; they are JSON, read as text here: one mention of the type, and nothing escaped that could hide another.
pulled(type) := source {
	images := [storage | storage := input.storages[_]; storage.driver == "image_guest_pull"]
	count(images) == 1
	every storage in input.storages {
		storage_allowed(storage)
	}
	image := images[0]
	image.mount_point == input.OCI.Root.Path
	count(image.driver_options) == 1
	metadata := image.driver_options[0]
	startswith(metadata, "image_guest_pull={")
	not contains(metadata, "\\")
	not contains(metadata, "io.kubernetes.cri-o.")
	count(split(metadata, "\"io.kubernetes.cri.container-type\"")) == 2
	contains(metadata, concat("", ["\"io.kubernetes.cri.container-type\":\"", type, "\""]))
	source := image.source
}

storage_allowed(storage) {
	storage.driver == "image_guest_pull"
	storage.fstype == "overlay"
	regex.match("^/run/kata-containers/[a-z0-9]{64}/rootfs$", storage.mount_point)
}

# Scratch space in guest memory: the pod's one emptyDir, medium Memory.
storage_allowed(storage) {
	storage.driver == "ephemeral"
	storage.fstype == "tmpfs"
	storage.mount_point == "/run/kata-containers/sandbox/ephemeral/tmp"
}

confined {
	input.OCI.Process.Terminal == false
	not input.sandbox_pidns
	not input.devices[0]
	not input.shared_mounts[0]
	not input.OCI.Linux.Devices[0]
	count(object.get(input.OCI.Linux, "Sysctl", {})) == 0
	no_hooks
	every mount in input.OCI.Mounts {
		mount_allowed(mount)
	}
}

no_hooks {
	not input.OCI.Hooks
}

no_hooks {
	input.OCI.Hooks == null
}

no_capabilities {
	capabilities := input.OCI.Process.Capabilities
	not capabilities.Ambient[0]
	not capabilities.Bounding[0]
	not capabilities.Effective[0]
	not capabilities.Inheritable[0]
	not capabilities.Permitted[0]
}

# A pinned variable has its value; of a free one only the name is fixed.
environment_allowed(entry) {
	entry in policy_data.environment
}

environment_allowed(entry) {
	name := split(entry, "=")[0]
	name in policy_data.environment_names
}

kernel_mounts := {
	"/proc": "proc",
	"/dev": "tmpfs",
	"/dev/pts": "devpts",
	"/dev/mqueue": "mqueue",
	"/sys": "sysfs",
	"/sys/fs/cgroup": "cgroup",
}

copied_files := {
	"/etc/hosts": "hosts",
	"/etc/hostname": "hostname",
	"/etc/resolv.conf": "resolv.conf",
	"/dev/termination-log": "termination-log",
}

guest_mounts := {
	"/dev/shm": "/run/kata-containers/sandbox/shm",
	"/tmp": "/run/kata-containers/sandbox/ephemeral/tmp",
}

mount_allowed(mount) {
	kernel_mounts[mount.destination] == mount.type_
	not startswith(mount.source, "/")
}

mount_allowed(mount) {
	mount.type_ == "bind"
	guest_mounts[mount.destination] == mount.source
}

mount_allowed(mount) {
	mount.type_ == "bind"
	copied_file(mount.source, copied_files[mount.destination])
}

copied_file(path, name) {
	regex.match("^/run/kata-containers/shared/containers/[a-z0-9]{64}-[a-z0-9]{16}-[a-z.-]+$", path)
	endswith(path, concat("", ["-", name]))
}

# The kubelet's small files, under names of their own beside every root file system. No folder and no link.
CopyFileRequest {
	input.file_type == "Regular"
	some name in copied_files
	copied_file(input.path, name)
}

# The network is the host's in any case; loopback, where the evidence comes from, is not.
UpdateInterfaceRequest {
	input.interface.name != "lo"
	input.interface.hwAddr != "00:00:00:00:00:00"
}

UpdateRoutesRequest {
	every route in input.routes.Routes {
		route.device != "lo"
		not loopback(route.source)
		not loopback(route.dest)
	}
}

AddARPNeighborsRequest {
	every neighbor in input.neighbors.ARPNeighbors {
		neighbor.device != "lo"
		not loopback(neighbor.toIPAddress.address)
	}
}

loopback(address) {
	startswith(address, "127.")
}

loopback(address) {
	startswith(address, "::1")
}
