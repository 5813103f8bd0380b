//! The service whose ports are asked for, with what every source of evidence needs to know about it.

use super::launches::{self, Launch};
use super::running::EngineFacts;
use crate::compose::image::ImageName;
use crate::compose::{Project, Service};
use crate::formats::dockerfile::{self, Stage};
use crate::knowledge::images::{self, KnownImage, Similar};
use crate::port::Port;
use crate::source::{FileId, Location};

/// A service under examination.
#[derive(Debug)]
pub(crate) struct ServiceFacts<'a> {
    /// The project.
    pub(crate) project: &'a Project<'a>,
    /// The service.
    pub(crate) service: &'a Service,
    /// The ports that the user states for it, with the place where a comment does.
    pub(crate) stated: Vec<(Port, Option<Location>)>,
    /// What the engine knows, when it was asked.
    pub(crate) engine: Option<&'a EngineFacts>,
    /// What is known about its image, or about the image that its Dockerfile starts from.
    pub(crate) known: Option<KnownImage>,
    /// The image of which its own one seems to be a build or a fork, when nobody but app stores speaks of that.
    pub(crate) similar: Option<Similar>,
    /// The last stage of its Dockerfile, when the file is there.
    pub(crate) stage: Option<(FileId, Stage)>,
    /// The programs that it runs.
    pub(crate) launches: Vec<Launch>,
}

impl<'a> ServiceFacts<'a> {
    /// Looks up what is known about a service.
    pub(crate) fn new(
        project: &'a Project<'a>,
        service: &'a Service,
        stated: Vec<(Port, Option<Location>)>,
        engine: Option<&'a EngineFacts>,
    ) -> Self {
        let stage = service.build.as_ref().and_then(|build| {
            let file = project.file(&build.dockerfile_path())?;
            Some((file.id, dockerfile::final_stage(&file.text, build.target.as_deref(), &build.args).ok()?))
        });
        let own = service.image.as_ref().map(|image| image.name.clone());
        let base = stage.as_ref().map(|(_, stage)| ImageName::parse(&stage.from));
        let known = own.iter().chain(&base).find_map(|name| images::find(&name.candidates(), name.tag.as_deref()));
        let is_foreign = service.build.is_none() && known.as_ref().is_none_or(|known| known.is_of_stores);
        let similar = own.filter(|_| is_foreign).and_then(|name| images::similar(&name.candidates()));
        let launches = launches::launches(service, known.as_ref(), stage.as_ref());
        Self { project, service, stated, engine, known, similar, stage, launches }
    }

    /// The place that stands for the service as a whole.
    pub(crate) fn at(&self) -> Location {
        self.service.image.as_ref().map_or(self.service.at, |image| image.text.at())
    }

    /// Whether the service's image was built from a Dockerfile that the project holds or names: a program of its own.
    pub(crate) fn is_own_program(&self) -> bool {
        self.service.build.is_some()
    }

    /// What is known about the image beyond what app stores publish of it. Of one that only they speak of, nothing is known that would be
    /// in its documentation.
    pub(crate) fn beyond_stores(&self) -> Option<&KnownImage> {
        self.known.as_ref().filter(|known| !known.is_of_stores)
    }

    /// The names that an own port variable may begin with: the service's, its container's and its image's.
    pub(crate) fn own_names(&self) -> Vec<String> {
        let image = self.service.image.as_ref().and_then(|image| image.name.repository.rsplit('/').next().map(str::to_owned));
        let names = [Some(self.service.name.clone()), self.service.text("container_name").map(str::to_owned), image];
        names.into_iter().flatten().map(|name| variable_name(&name)).collect()
    }
}

/// A name as variables spell it: upper case, `_` between words, without a number at the end.
pub(crate) fn variable_name(name: &str) -> String {
    let upper: String = name.chars().map(|char| if char.is_ascii_alphanumeric() { char.to_ascii_uppercase() } else { '_' }).collect();
    upper.trim_end_matches(|char: char| char.is_ascii_digit() || char == '_').to_owned()
}
