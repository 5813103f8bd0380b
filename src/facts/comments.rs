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
    /// On the line that says host networking and nothing else, or directly above it.
    Beside,
    /// On the line of the service's key, or directly above it.
    Head,
    /// Elsewhere in the service.
    Within,
    /// Above the service with nothing but blank lines and comments in between.
    Above,
    /// Above the first service of the file.
    Header,
    /// At the margin below all that the file says.
    Footer,
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
        let host_line = (host.file == file && begins_line(source, host.span)).then(|| line(host.span.start));
        let first = first_service(project, file);
        let bodies: Vec<Span> = service.definitions.iter().filter(|it| it.entry.file == file).map(|it| it.entry.span).collect();
        for comment in project.comments.get(&file).into_iter().flatten() {
            let beside = |at: usize| (comment.own_line && comment.last_line + 1 == at) || (!comment.own_line && comment.first_line == at);
            let head = bodies.iter().any(|body| beside(line(body.start)));
            let within = bodies.iter().any(|body| body.contains(comment.at.span) || trails(source, *body, comment));
            let nearness = match () {
                () if host_line.is_some_and(beside) => Nearness::Beside,
                () if head => Nearness::Head,
                () if within => Nearness::Within,
                () if first.is_some_and(|first| is_header(source, comment, first)) => Nearness::Header,
                () if is_footer(source, comment) => Nearness::Footer,
                () if bodies.iter().any(|body| leads(source, *body, comment)) => Nearness::Above,
                () => continue,
            };
            found.push((comment, nearness));
        }
    }
    found
}

/// Whether an entry is the first thing on its line, and no part of a `{…}` that begins there.
fn begins_line(source: &SourceFile, entry: Span) -> bool {
    let line = source.lines().span(&source.text, source.lines().line_of(entry.start));
    !Span::new(line.start, entry.start).of(&source.text).contains(['{', ','])
}

/// Whether a comment stands behind the last line of a service, still indented as a part of it.
fn trails(source: &SourceFile, body: Span, comment: &Comment) -> bool {
    let column = |offset: usize| source.line_column(offset).column;
    let below = source.text.get(body.end..comment.at.span.start).is_some_and(says_nothing);
    comment.own_line && column(comment.at.span.start) > column(body.start) && below
}

/// Whether a comment stands above a service with nothing but comments in between.
fn leads(source: &SourceFile, body: Span, comment: &Comment) -> bool {
    comment.own_line && source.text.get(comment.at.span.end..body.start).is_some_and(says_nothing)
}

/// Whether a text has nothing but comments.
fn says_nothing(text: &str) -> bool {
    text.lines().map(str::trim).all(|line| line.is_empty() || line.starts_with('#'))
}

/// Where the first service of a file starts.
fn first_service(project: &Project<'_>, file: FileId) -> Option<usize> {
    let definitions = project.services.iter().flat_map(|service| &service.definitions).filter(|it| it.entry.file == file);
    definitions.map(|definition| definition.entry.span.start).min()
}

/// Above the first key of the document, or between it and the first service, but not right above that one.
fn is_header(source: &SourceFile, comment: &Comment, first: usize) -> bool {
    comment.at.span.end <= first && source.lines().line_of(first) != comment.last_line + 1
}

/// At the margin, with nothing but comments below it.
fn is_footer(source: &SourceFile, comment: &Comment) -> bool {
    let is_last = source.text.get(comment.at.span.end..).is_some_and(says_nothing);
    comment.own_line && is_last && source.line_column(comment.at.span.start).column == 1
}
