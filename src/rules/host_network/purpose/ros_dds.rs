//! Nodes of ROS, and programs that speak DDS.

use super::variables::first_set;
use crate::compose::image::ImageName;
use crate::diagnostic::{Family, Finding, Obligation, Rule};
use crate::knowledge::images::HostNeed;
use crate::rules::case::Case;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    id: "ros-dds",
    family: Family::HostNetwork,
    obligation: Some(Obligation::Purpose),
    summary: "it speaks ROS or DDS",
    page: include_str!("ros_dds.md"),
};

pub(crate) fn check(case: &Case<'_>) -> Vec<Finding> {
    let documented = case.subject.known.as_ref().is_some_and(|known| known.host_need == Some(HostNeed::RosDds));
    if documented || case.inference.silence.is_some() {
        return Vec::new();
    }
    let reasons = [by_ros_variable(case), by_ros_command(case), by_ros_base(case)];
    reasons.into_iter().find(|reasons| !reasons.is_empty()).unwrap_or_default()
}

/// Programs of ROS 1 and 2, and where their environment is set up.
const ROS_COMMANDS: [&str; 6] = ["roscore", "roslaunch", "rosrun", "rosbag", "ros2 ", "/opt/ros/"];

fn by_ros_command(case: &Case<'_>) -> Vec<Finding> {
    let lines = [case.service.entrypoint.as_ref(), case.service.command.as_ref(), case.service.healthcheck.as_ref()];
    let line = lines.into_iter().flatten().find_map(|line| {
        let text = format!("{} ", line.joined());
        ROS_COMMANDS.iter().find(|name| text.contains(**name)).map(|name| (name.trim(), line.at))
    });
    line.map(|(name, at)| Finding::keeps(&RULE, format!("runs `{name}`"), at)).into_iter().collect()
}

/// Images built `FROM ros:…`, also through the default of an `ARG`.
fn by_ros_base(case: &Case<'_>) -> Vec<Finding> {
    let Some((_, stage)) = &case.subject.stage else { return Vec::new() };
    let base = ImageName::parse(&stage.from);
    let is_ros = base.candidates().iter().any(|name| name == "ros" || name.starts_with("osrf/ros") || name.starts_with("ros:"));
    let place = case.subject.at();
    is_ros.then(|| Finding::keeps(&RULE, format!("is built on `{}`", stage.from), place)).into_iter().collect()
}

fn by_ros_variable(case: &Case<'_>) -> Vec<Finding> {
    let variable = first_set(case, &ROS_VARIABLES);
    variable.map(|variable| Finding::keeps(&RULE, format!("sets `{}`", variable.name), variable.at)).into_iter().collect()
}

/// How the names of variables of ROS and of DDS begin.
const ROS_VARIABLES: [&str; 10] = [
    "ROS_DOMAIN_ID",
    "ROS_MASTER_URI",
    "ROS_IP",
    "ROS_HOSTNAME",
    "RMW_",
    "CYCLONEDDS_",
    "FASTRTPS_",
    "FASTDDS_",
    "ROS_DISTRO",
    "ROS_LOCALHOST_ONLY",
];
