//! Nodes of ROS, and programs that speak DDS.

use crate::compose::image::ImageName;
use crate::diagnostic::{Family, Finding, Obligation, Rule};
use crate::knowledge::images::HostNeed;
use crate::knowledge::{host_access, variables};
use crate::rules::case::Case;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    id: "ros-dds",
    family: Family::HostNetwork,
    obligation: Some(Obligation::Purpose),
    summary: "it speaks ROS or DDS",
    page: include_str!("ros_dds.md"),
};

/// Variables, commands or an image of ROS, unless the service serves nobody. A documented image is for `host-need`.
pub(crate) fn check(case: &Case<'_>) -> Vec<Finding> {
    let documented = case.subject.known.as_ref().is_some_and(|known| known.host_need == Some(HostNeed::RosDds));
    if documented || case.inference.silence.is_some() {
        return Vec::new();
    }
    let reasons = [by_ros_variable(case), by_ros_command(case), by_ros_base(case)];
    reasons.into_iter().find(|reasons| !reasons.is_empty()).unwrap_or_default()
}

fn by_ros_command(case: &Case<'_>) -> Vec<Finding> {
    let lines = [case.service.entrypoint.as_ref(), case.service.command.as_ref(), case.service.healthcheck.as_ref()];
    let line = lines.into_iter().flatten().find_map(|line| Some((host_access::ros_command(&line.joined())?, line.at)));
    line.map(|(name, at)| Finding::keeps(&RULE, format!("runs `{name}`"), at)).into_iter().collect()
}

/// Images built `FROM ros:…`, also through the default of an `ARG`.
fn by_ros_base(case: &Case<'_>) -> Vec<Finding> {
    let Some((_, stage)) = &case.subject.stage else { return Vec::new() };
    let base = ImageName::parse(&stage.from);
    let is_ros = base.candidates().iter().any(|name| host_access::is_ros_image(name));
    let place = case.subject.at();
    is_ros.then(|| Finding::keeps(&RULE, format!("is built on `{}`", stage.from), place)).into_iter().collect()
}

fn by_ros_variable(case: &Case<'_>) -> Vec<Finding> {
    let variable = case.service.environment.iter().find(|variable| variables::is_ros(&variable.name));
    variable.map(|variable| Finding::keeps(&RULE, format!("sets `{}`", variable.name), variable.at)).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use crate::tests::verdict::hold;

    #[test]
    fn nodes_of_ros_stay_and_build_jobs_go() {
        hold(&[
            ("image: example/app\nenvironment: {ROS_DOMAIN_ID: 1}", "keep ros-dds"),
            ("image: example/app\ncommand: roslaunch robot robot.launch", "keep ros-dds"),
            ("image: example/app\ncommand: catkin build\nhealthcheck: {test: ls /opt/ros/noetic}", "migrate"),
        ]);
    }
}
