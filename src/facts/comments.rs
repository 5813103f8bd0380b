//! Comments, by what they stand beside.
//!
//! Authors say in comments why a service is on host networking, and users steer this program with
//! `# compose-fix: …`. Both are read by place: beside the `network_mode` line, at the head of the service, anywhere else.

use crate::compose::comments::Comment;
use crate::compose::{Project, Service};
use crate::source::{FileId, Location, SourceFile, Span};

/// Where a comment stands, seen from a service on host networking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Nearness {
    /// On the line that says host networking, or directly above it.
    Beside,
    /// On the line of the service's key, or directly above it.
    Head,
    /// Elsewhere in the service.
    Within,
    /// Above the first top-level key of the file.
    FileHeader,
}

/// The comments that speak of a service, with how near they are. `host` is the place that says host networking.
pub(crate) fn comments_of<'a>(project: &'a Project<'_>, service: &Service, host: Location) -> Vec<(&'a Comment, Nearness)> {
    let mut files: Vec<FileId> = service.definitions.iter().map(|definition| definition.entry.file).chain([host.file]).collect();
    files.sort_unstable();
    files.dedup();
    let mut found = Vec::new();
    for file in files {
        let source = project.sources().get(file);
        let line = |offset: usize| source.lines().line_of(offset);
        let host_line = (host.file == file).then(|| line(host.span.start));
        let header = header_end(project, file);
        let bodies: Vec<Span> = service.definitions.iter().filter(|it| it.entry.file == file).map(|it| it.entry.span).collect();
        for comment in project.comments.get(&file).into_iter().flatten() {
            let beside = |at: usize| (comment.own_line && comment.last_line + 1 == at) || (!comment.own_line && comment.first_line == at);
            let head = bodies.iter().any(|body| beside(line(body.start)));
            let within = bodies.iter().any(|body| body.contains(comment.at.span) || trails(source, *body, comment));
            let nearness = match () {
                () if host_line.is_some_and(beside) => Nearness::Beside,
                () if head => Nearness::Head,
                () if within => Nearness::Within,
                () if header.is_some_and(|first| is_header(source, comment, first)) => Nearness::FileHeader,
                () => continue,
            };
            found.push((comment, nearness));
        }
    }
    found
}

/// Whether a comment stands behind the last line of a service, still indented as a part of it.
fn trails(source: &SourceFile, body: Span, comment: &Comment) -> bool {
    let column = |offset: usize| source.line_column(offset).column;
    let Some(between) = source.text.get(body.end..comment.at.span.start) else { return false };
    let mut lines = between.lines().map(str::trim);
    comment.own_line && column(comment.at.span.start) > column(body.start) && lines.all(|line| line.is_empty() || line.starts_with('#'))
}

/// Where the first service of a file starts.
fn header_end(project: &Project<'_>, file: FileId) -> Option<usize> {
    let definitions = project.services.iter().flat_map(|service| &service.definitions).filter(|it| it.entry.file == file);
    definitions.map(|definition| definition.entry.span.start).min()
}

/// Above the first key of the document, or between it and the first service, but not right above that one.
fn is_header(source: &SourceFile, comment: &Comment, first: usize) -> bool {
    comment.at.span.end <= first && source.lines().line_of(first) != comment.last_line + 1
}
