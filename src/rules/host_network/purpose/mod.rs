//! Does it need what only the host's network has?

mod author;
pub(crate) mod author_comment;
pub(crate) mod cluster_fabric;
pub(crate) mod discovery_name;
pub(crate) mod discovery_port;
pub(crate) mod host_namespace;
pub(crate) mod host_need;
pub(crate) mod host_view;
pub(crate) mod kept;
pub(crate) mod media_range;
pub(crate) mod network_capability;
pub(crate) mod network_command;
pub(crate) mod network_device;
pub(crate) mod plain_purpose;
pub(crate) mod privileged;
pub(crate) mod reachability;
pub(crate) mod ros_dds;
pub(crate) mod unclear_comment;
