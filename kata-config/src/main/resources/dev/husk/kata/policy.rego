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
default StartContainerRequest := false
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
CreateContainerRequest := {"allowed": true, "ops": created("sandbox")} {
	container_type("sandbox", "pod_sandbox")
	input.OCI.Process.Args == ["/pause"]
	pulled("sandbox") == "pause"
	every entry in input.OCI.Process.Env {
		startswith(entry, "PATH=")
	}
	input.OCI.Process.User.UID > 0
	every set in input.OCI.Process.Capabilities {
		every capability in set {
			capability in default_capabilities
		}
	}
	confined
}

# The function runtime.
CreateContainerRequest := {"allowed": true, "ops": created("container")} {
	container_type("container", "pod_container")
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
	no_capabilities
	confined
}

# Of each kind one container is ever started, so a sandbox runs one function runtime, once. Creating may be tried again,
# as an image may fail to arrive. The agent keeps these notes for the policy; nothing is taken out of them.
StartContainerRequest := {"allowed": true, "ops": [{"op": "add", "path": path, "value": input.container_id}]} {
	type := data.pstate[input.container_id]
	type in ["sandbox", "container"]
	not started(type)
	path := concat("", ["/pstate/started-", type])
}

created(type) := [{"op": "add", "path": path, "value": type}] {
	regex.match("^[0-9a-f]{64}$", input.container_id)
	not data.pstate[input.container_id]
	not started(type)
	path := concat("", ["/pstate/", input.container_id])
}

started(type) {
	data.pstate[concat("", ["started-", type])]
}

container_type(type, kata) {
	input.OCI.Annotations["io.kubernetes.cri.container-type"] == type
	input.OCI.Annotations["io.katacontainers.pkg.oci.container_type"] == kata
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
	image.mount_point == concat("/", ["/run/kata-containers", input.container_id, "rootfs"])
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
	count(storage.options) == 0
	own(storage)
}

# Scratch space in guest memory: the pod's one emptyDir, medium Memory.
storage_allowed(storage) {
	storage.driver == "ephemeral"
	storage.fstype == "tmpfs"
	storage.mount_point == "/run/kata-containers/sandbox/ephemeral/tmp"
	own(storage)
}

own(storage) {
	object.get(storage, "shared", false) == false
	object.get(storage, "fs_group", null) == null
}

confined {
	input.OCI.Process.Terminal == false
	input.OCI.Process.NoNewPrivileges == true
	input.OCI.Process.Cwd == "/"
	input.OCI.Process.SelinuxLabel == ""
	input.OCI.Process.User.Username == ""
	input.string_user == null
	every port in ["stdin_port", "stdout_port", "stderr_port"] {
		object.get(input, port, 0) == 0
	}
	every name, _ in input.OCI.Annotations {
		not startswith(name, "cdi.k8s.io/")
	}
	input.OCI.Root.Readonly == true
	not input.sandbox_pidns
	not input.devices[0]
	not input.shared_mounts[0]
	no_hooks
	rlimits_allowed
	namespaces_allowed
	linux_allowed
	every mount in input.OCI.Mounts {
		mount_allowed(mount)
	}
	count({mount.destination | mount := input.OCI.Mounts[_]}) == count(input.OCI.Mounts)
}

# A limit of core dumps would put memory into files.
rlimits_allowed {
	every limit in input.OCI.Process.Rlimits {
		limit.Type == "RLIMIT_NOFILE"
	}
}

# Namespaces of its own, and none that is joined. The network stays that of the guest: there the evidence comes from.
namespaces_allowed {
	namespaces := [namespace | namespace := input.OCI.Linux.Namespaces[_]; namespace.Type != "cgroup"]
	sort([namespace_type(namespace) | namespace := namespaces[_]]) == ["ipc", "mount", "uts"]
	every namespace in input.OCI.Linux.Namespaces {
		namespace.Path == ""
	}
}

namespace_type(namespace) := "mount" {
	lower(namespace.Type) == "mnt"
} else := lower(namespace.Type)

# Kata keeps profiles of seccomp from the guest (disable_guest_seccomp), so one in a request is not Kata's.
linux_allowed {
	linux := input.OCI.Linux
	linux.Seccomp == null
	linux.IntelRdt == null
	count(linux.Devices) == 0
	count(linux.UIDMappings) == 0
	count(linux.GIDMappings) == 0
	linux.MountLabel == ""
	linux.RootfsPropagation == ""
	count(linux.Resources.Devices) == 0
	linux.Resources.BlockIO == null
	linux.Resources.Network == null
	linux.Resources.Pids == null
	every name, value in linux.Sysctl {
		sysctls[name] == value
	}
	every path in masked_paths {
		path in linux.MaskedPaths
	}
	every path in readonly_paths {
		path in array.concat(linux.ReadonlyPaths, linux.MaskedPaths)
	}
}

# What containerd sets in every pod.
sysctls := {
	"net.ipv4.ip_unprivileged_port_start": "0",
	"net.ipv4.ping_group_range": "0 2147483647",
}

masked_paths := [
	"/proc/acpi",
	"/proc/asound",
	"/proc/kcore",
	"/proc/keys",
	"/proc/latency_stats",
	"/proc/timer_list",
	"/proc/timer_stats",
	"/proc/sched_debug",
	"/proc/scsi",
	"/sys/firmware",
]

readonly_paths := [
	"/proc/bus",
	"/proc/fs",
	"/proc/irq",
	"/proc/sys",
	"/proc/sysrq-trigger",
]

default_capabilities := [
	"CAP_AUDIT_WRITE",
	"CAP_CHOWN",
	"CAP_DAC_OVERRIDE",
	"CAP_FOWNER",
	"CAP_FSETID",
	"CAP_KILL",
	"CAP_MKNOD",
	"CAP_NET_BIND_SERVICE",
	"CAP_NET_RAW",
	"CAP_SETFCAP",
	"CAP_SETGID",
	"CAP_SETPCAP",
	"CAP_SETUID",
	"CAP_SYS_CHROOT",
]

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

# A pinned variable has its value; of a free one only the name is fixed. The agent would have a value that starts with
# sealed. unsealed, with a secret of the host's choice.
environment_allowed(entry) {
	entry in policy_data.environment
}

environment_allowed(entry) {
	name := split(entry, "=")[0]
	name in policy_data.environment_names
	not startswith(entry, concat("", [name, "=sealed."]))
}

# The options are those that must be there; what would take one back must not.
kernel_mounts := {
	"/proc": {"type": "proc", "options": ["nosuid", "noexec", "nodev"]},
	"/dev": {"type": "tmpfs", "options": ["nosuid"]},
	"/dev/pts": {"type": "devpts", "options": ["nosuid", "noexec"]},
	"/dev/mqueue": {"type": "mqueue", "options": ["nosuid", "noexec", "nodev"]},
	"/sys": {"type": "sysfs", "options": ["nosuid", "noexec", "nodev", "ro"]},
	"/sys/fs/cgroup": {"type": "cgroup", "options": ["nosuid", "noexec", "nodev", "ro"]},
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
	kernel := kernel_mounts[mount.destination]
	mount.type_ == kernel.type
	not startswith(mount.source, "/")
	every option in kernel.options {
		option in mount.options
	}
	every option in mount.options {
		not option in ["rw", "suid", "exec", "dev"]
	}
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
