//! Nodes of a compute cluster.

use crate::diagnostic::{Family, Finding, Obligation, Rule};
use crate::knowledge::variables;
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
    let set = |says: fn(&str) -> bool| case.service.environment.iter().find(move |variable| says(&variable.name));
    let coordinator = set(variables::names_coordinator).filter(|_| set(variables::is_rank).is_some());
    let variable = coordinator.or_else(|| set(variables::is_fabric));
    variable.map(|variable| Finding::keeps(&RULE, format!("sets `{}`", variable.name), variable.at)).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use crate::tests::verdict::hold;

    #[test]
    fn nodes_of_a_cluster_stay() {
        hold(&[
            ("image: example/app\nenvironment: {PORT: 1, MASTER_ADDR: 10.0.0.1, WORLD_SIZE: 4}", "keep 1/tcp cluster-fabric"),
            ("image: example/app\nenvironment: {PORT: 1, NCCL_DEBUG: INFO}", "keep 1/tcp cluster-fabric"),
            ("image: example/app\nenvironment: {PORT: 1, MASTER_ADDR: 10.0.0.1}", "migrate 1/tcp"),
        ]);
    }
}
