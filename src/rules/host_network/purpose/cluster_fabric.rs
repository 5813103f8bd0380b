//! Nodes of a compute cluster.

use super::variables::first_set;
use crate::diagnostic::{Family, Finding, Obligation, Rule};
use crate::rules::case::Case;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    id: "cluster-fabric",
    family: Family::HostNetwork,
    obligation: Some(Obligation::Purpose),
    summary: "it is a node of a compute cluster",
    page: include_str!("cluster_fabric.md"),
};

/// A rank in a cluster, or settings of a library that clusters use.
pub(crate) fn check(case: &Case<'_>) -> Vec<Finding> {
    let has_rank = ["RANK", "NODE_RANK", "WORLD_SIZE", "NNODES"].iter().any(|name| case.service.variable(name).is_some());
    let address = first_set(case, &["MASTER_ADDR"]).filter(|_| has_rank);
    let variable = address.or_else(|| first_set(case, &["NCCL_", "GLOO_", "OMPI_", "UCX_", "I_MPI_"]));
    variable.map(|variable| Finding::keeps(&RULE, format!("sets `{}`", variable.name), variable.at)).into_iter().collect()
}
