//! What an image built from a Dockerfile starts with: its base image, ports, environment, command and healthcheck.
//!
//! The text is taken apart by the `parse_dockerfile` crate; here stages inherit from one another and `ARG` and `ENV` are
//! filled in, as `docker build` would. What `RUN` and `COPY` do to the file system is not looked at, and nothing is known
//! here of the base image itself.

use crate::formats::interpolation::{Env, interpolate};
use crate::formats::shell::Word;
use crate::port::{Ports, parse_expose};
use crate::source::Span;
use parse_dockerfile::{Command, HealthcheckArguments, Instruction, UnescapedString};
use std::fmt;

/// The stage of a Dockerfile that becomes the image, with all that it inherits from earlier stages.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Stage {
    /// The image at the bottom of the stages, such as `node:22`; `scratch` is one too.
    pub(crate) from: String,
    /// The ports of `EXPOSE`, each with its bytes.
    pub(crate) expose: Vec<(Ports, Span)>,
    /// Items of `EXPOSE` whose ports cannot be told, for instance for want of a build argument.
    pub(crate) unknown_expose: Vec<Span>,
    /// `CMD`.
    pub(crate) cmd: Option<CommandLine>,
    /// `ENTRYPOINT`.
    pub(crate) entrypoint: Option<CommandLine>,
    /// The variables of `ENV`, a later value in the place of an earlier one.
    pub(crate) env: Vec<Variable>,
    /// The command of `HEALTHCHECK`.
    pub(crate) healthcheck: Option<CommandLine>,
}

/// A command of a Dockerfile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CommandLine {
    /// Its words. A command in shell form is `/bin/sh`, `-c` and the script.
    pub(crate) words: Vec<Word>,
    /// The bytes of the command, without the instruction's name.
    pub(crate) span: Span,
}

/// A variable that `ENV` sets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Variable {
    /// Its name.
    pub(crate) name: String,
    /// Its value, with variables filled in.
    pub(crate) value: String,
    /// The bytes of all variables of that `ENV`.
    pub(crate) span: Span,
}

/// A Dockerfile, or a target in it, that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum DockerfileError {
    /// The text is no Dockerfile from this 1-based line on.
    Syntax {
        /// The line.
        line: usize,
    },
    /// No stage has the name of the target.
    NoSuchTarget,
}

impl fmt::Display for DockerfileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax { line } => write!(f, "line {line} is not understood"),
            Self::NoSuchTarget => f.write_str("no stage has the name of the target"),
        }
    }
}

impl std::error::Error for DockerfileError {}

/// Reads the stage that `target` names or numbers, by default the last one. `args` are the build arguments.
pub(crate) fn final_stage(text: &str, target: Option<&str>, args: &Env) -> Result<Stage, DockerfileError> {
    let readable = with_empty_entrypoints_quoted(text);
    let dockerfile = parse_dockerfile::parse(&readable).map_err(|error| DockerfileError::Syntax { line: error.line() })?;
    let mut global = Build::new(args);
    for arg in dockerfile.global_args() {
        global.declare(&arg.arguments, None);
    }
    let mut stages: Vec<(String, Build)> = Vec::new();
    for stage in dockerfile.stages() {
        // `node:${VERSION}` names its repository even when the version is missing.
        let image = interpolate(&stage.from.image.value.as_ref().into(), &global.scope)
            .map(|filled| filled.as_str().to_owned())
            .unwrap_or_default();
        let mut build = find(&stages, &image).cloned().unwrap_or_else(|| {
            let mut build = Build::new(args);
            build.stage.from = image;
            build
        });
        build.cmd_is_own = false;
        for instruction in stage.instructions {
            build.apply(instruction, &global.scope);
        }
        let name = stage.from.as_.as_ref().map(|(_, name)| name.value.to_string());
        stages.push((name.unwrap_or_default(), build));
    }
    let wanted = match target {
        Some(target) => find(&stages, target),
        None => stages.last().map(|(_, build)| build),
    };
    wanted.map(|build| build.stage.clone()).ok_or(DockerfileError::NoSuchTarget)
}

/// The stage of that name, in any case, or of that number.
fn find<'b, 'a>(stages: &'b [(String, Build<'a>)], wanted: &str) -> Option<&'b Build<'a>> {
    let named = stages.iter().find(|(name, _)| !name.is_empty() && name.eq_ignore_ascii_case(wanted));
    named.or_else(|| stages.get(wanted.parse::<usize>().ok()?)).map(|(_, build)| build)
}

/// A stage while its instructions are carried out.
#[derive(Clone)]
struct Build<'a> {
    stage: Stage,
    /// The variables that instructions see: `ARG` and, stronger, `ENV`.
    scope: Env,
    args: &'a Env,
    /// Whether `CMD` was set in this stage and not in one below it.
    cmd_is_own: bool,
}

impl<'a> Build<'a> {
    fn new(args: &'a Env) -> Self {
        Self { stage: Stage::default(), scope: Env::default(), args, cmd_is_own: false }
    }

    fn apply(&mut self, instruction: &Instruction, global: &Env) {
        match instruction {
            Instruction::Arg(arg) => self.declare(&arg.arguments, Some(global)),
            Instruction::Env(env) => self.set(&env.arguments),
            Instruction::Expose(expose) => expose.arguments.iter().for_each(|item| self.expose(item)),
            Instruction::Cmd(cmd) => {
                self.stage.cmd = Some(command_line(&cmd.arguments)).filter(|_| !is_empty(&cmd.arguments));
                self.cmd_is_own = true;
            }
            Instruction::Entrypoint(entrypoint) => {
                self.stage.entrypoint = Some(command_line(&entrypoint.arguments)).filter(|_| !is_empty(&entrypoint.arguments));
                // A new entrypoint makes the command below it meaningless, so the engine forgets that.
                self.stage.cmd.take_if(|_| !self.cmd_is_own);
            }
            Instruction::Healthcheck(healthcheck) => {
                self.stage.healthcheck = match &healthcheck.arguments {
                    HealthcheckArguments::Cmd { arguments, .. } => Some(command_line(arguments)),
                    _ => None,
                };
            }
            _ => {}
        }
    }

    /// `ARG NAME=default …`: the build argument wins over the default, and `ENV` over both.
    fn declare(&mut self, arguments: &UnescapedString, global: Option<&Env>) {
        for word in shlex::split(&arguments.value).unwrap_or_default() {
            let (name, default) = word.split_once('=').map_or((word.as_str(), None), |(name, default)| (name, Some(default)));
            let given = self.args.get(name).map(|value| value.as_str().to_owned());
            let default = || default.and_then(|default| self.fill_in(default));
            let value = given.or_else(default).or_else(|| Some(global?.get(name)?.as_str().to_owned()));
            let is_env = self.stage.env.iter().any(|variable| variable.name == name);
            if let Some(value) = value.filter(|_| !is_env) {
                self.scope.insert(name, value);
            }
        }
    }

    /// `ENV NAME=value …`, or `ENV NAME value` as it was written long ago.
    fn set(&mut self, arguments: &UnescapedString) {
        let span = Span::new(arguments.span.start, arguments.span.end);
        let text = arguments.value.trim();
        let first = text.split(char::is_whitespace).next().unwrap_or_default();
        let pairs = if first.contains('=') {
            shlex::split(text).unwrap_or_default()
        } else {
            vec![format!("{first}={}", text[first.len()..].trim_start())]
        };
        // All values of one instruction see the variables as they were before it.
        let filled: Vec<_> =
            pairs.iter().filter_map(|pair| pair.split_once('=')).map(|(name, value)| (name, self.fill_in(value))).collect();
        for (name, value) in filled {
            let value = value.unwrap_or_default();
            self.scope.insert(name, value.as_str());
            self.stage.env.retain(|variable| variable.name != name);
            self.stage.env.push(Variable { name: name.to_owned(), value, span });
        }
    }

    fn expose(&mut self, item: &UnescapedString) {
        let span = Span::new(item.span.start, item.span.end);
        let filled = self.fill_in(item.value.trim_matches(['"', '\''])).unwrap_or_default();
        // A variable may hold several ports.
        for text in filled.split_whitespace() {
            match parse_expose(text) {
                Ok(ports) => self.stage.expose.push((ports, span)),
                Err(_) => self.stage.unknown_expose.push(span),
            }
        }
        if filled.trim().is_empty() {
            self.stage.unknown_expose.push(span);
        }
    }

    /// Fills in variables; `None` when one that is needed has no value.
    fn fill_in(&self, text: &str) -> Option<String> {
        let filled = interpolate(&text.into(), &self.scope).ok()?;
        filled.is_known().then(|| filled.as_str().to_owned())
    }
}

fn command_line(command: &Command) -> CommandLine {
    match command {
        Command::Exec(words) => CommandLine {
            words: words.value.iter().enumerate().map(|(item, word)| Word::whole(&word.value, item)).collect(),
            span: Span::new(words.span.start, words.span.end),
        },
        Command::Shell(script) => CommandLine {
            words: ["/bin/sh", "-c", &without_comments(script.value)]
                .iter()
                .enumerate()
                .map(|(item, text)| Word::whole(text, item))
                .collect(),
            span: Span::new(script.span.start, script.span.end),
        },
        // The crate may learn of further forms; until then there are no words to tell.
        _ => CommandLine { words: Vec::new(), span: Span::at(0) },
    }
}

/// Whether a command says that there is none: `[]`, `""`.
fn is_empty(command: &Command) -> bool {
    match command {
        Command::Exec(words) => words.value.is_empty(),
        Command::Shell(script) => script.value.trim_matches(['"', ' ']).is_empty(),
        _ => false,
    }
}

/// The text with every `ENTRYPOINT []` as `ENTRYPOINT ""`, which says the same in as many bytes: the crate takes the
/// former, with which a stage drops an inherited entrypoint, for an error.
fn with_empty_entrypoints_quoted(text: &str) -> String {
    let quote = |line: &str| {
        let (name, rest) = line.trim_start().split_at_checked("ENTRYPOINT".len())?;
        let brackets = rest.trim();
        let inner = brackets.strip_prefix('[')?.strip_suffix(']')?;
        let empty = name.eq_ignore_ascii_case("ENTRYPOINT") && inner.trim().is_empty();
        empty.then(|| line.replace(['[', ']'], "\""))
    };
    text.split_inclusive('\n').map(|line| quote(line).unwrap_or_else(|| line.to_owned())).collect()
}

/// Drops comment lines between continued lines, which the builder removes before a shell sees the script.
fn without_comments(script: &str) -> String {
    script.split_inclusive('\n').filter(|line| !line.trim_start().starts_with('#')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::shell::commands;
    use proptest::prelude::*;

    fn stage(text: &str) -> Stage {
        final_stage(text, None, &Env::default()).unwrap()
    }

    fn exposed(stage: &Stage) -> Vec<String> {
        stage.expose.iter().map(|(ports, _)| ports.to_string()).collect()
    }

    /// The commands that run, words joined.
    fn runs(command: Option<&CommandLine>) -> Vec<String> {
        let commands = command.map(|line| commands(&line.words)).unwrap_or_default();
        commands.iter().map(|command| command.words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ")).collect()
    }

    #[test]
    fn a_plain_dockerfile() {
        let text = "FROM node:22\nENV PORT=3000 NAME=\"a b\"\nENV OLD style value\nEXPOSE $PORT 9000-9001/udp\nCMD [\"node\", \"x.js\"]\n";
        let stage = stage(text);
        assert_eq!(stage.from, "node:22");
        assert_eq!(exposed(&stage), ["3000", "9000-9001/udp"]);
        assert_eq!(stage.expose[0].1.of(text), "$PORT");
        assert_eq!(runs(stage.cmd.as_ref()), ["node x.js"]);
        assert_eq!(stage.cmd.unwrap().span.of(text), "[\"node\", \"x.js\"]");
        let env: Vec<_> = stage.env.iter().map(|variable| (variable.name.as_str(), variable.value.as_str())).collect();
        assert_eq!(env, [("PORT", "3000"), ("NAME", "a b"), ("OLD", "style value")]);
        assert_eq!(stage.env[2].span.of(text), "OLD style value");
    }

    #[test]
    fn stages_inherit_down_to_the_base_image() {
        let text = "ARG TAG=3\nFROM python:${TAG}-slim AS Base\nENV P=1\nEXPOSE 80\nCMD a\nFROM alpine AS other\nEXPOSE 1\nFROM base\nEXPOSE 81\nFROM 2\nENTRYPOINT [\"b\"]\n";
        let last = stage(text);
        assert_eq!((last.from.as_str(), exposed(&last)), ("python:3-slim", vec!["80".to_owned(), "81".to_owned()]));
        assert_eq!((last.cmd.is_some(), runs(last.entrypoint.as_ref())), (false, vec!["b".to_owned()]));
        let other = final_stage(text, Some("OTHER"), &Env::default()).unwrap();
        assert_eq!((other.from.as_str(), exposed(&other)), ("alpine", vec!["1".to_owned()]));
        assert_eq!(final_stage(text, Some("none"), &Env::default()), Err(DockerfileError::NoSuchTarget));
    }

    #[test]
    fn an_empty_entrypoint_drops_the_inherited_one() {
        let text = "FROM x AS a\nENTRYPOINT [\"b\"]\nFROM a\nEntrypoint [ ]\nCMD c\n";
        let last = stage(text);
        assert_eq!((last.entrypoint, runs(last.cmd.as_ref())), (None, vec!["c".to_owned()]));
    }

    #[test]
    fn build_arguments_beat_defaults_and_env_beats_both() {
        let text = "ARG A=1\nARG IMAGE=x\nFROM ${IMAGE}\nARG A\nARG B=2\nARG C=3\nENV C=4\nEXPOSE $A $B ${C} ${D:-5}\n";
        assert_eq!(exposed(&stage(text)), ["1", "2", "4", "5"]);
        let args = Env::from_iter([("A", "10"), ("B", "20"), ("C", "30"), ("IMAGE", "y")]);
        let built = final_stage(text, None, &args).unwrap();
        assert_eq!((built.from.as_str(), exposed(&built)), ("y", ["10", "20", "4", "5"].map(str::to_owned).to_vec()));
    }

    #[test]
    fn a_base_image_without_its_tag_keeps_its_name() {
        assert_eq!(stage("ARG V\nFROM node:${V}\n").from, "node:");
    }

    #[test]
    fn a_port_that_cannot_be_told_is_said_to_be_unknown() {
        let text = "ARG HIDDEN=1\nFROM x\nARG PORT\nEXPOSE $PORT 80 $HIDDEN http\n";
        let stage = stage(text);
        assert_eq!(exposed(&stage), ["80"]);
        assert_eq!(stage.unknown_expose.iter().map(|span| span.of(text)).collect::<Vec<_>>(), ["$PORT", "$HIDDEN", "http"]);
    }

    #[test]
    fn shell_form_heredocs_continuations_and_comments() {
        let text = "# syntax=docker/dockerfile:1\nFROM x\nRUN <<EOF\nEXPOSE 1\nEOF\nEXPOSE 80 \\\n  # why\n  81\nHEALTHCHECK --interval=5s CMD curl localhost:80 || exit 1\nCMD exec serve \\\n # c\n  --port 80 && b\n";
        let stage = stage(text);
        assert_eq!(exposed(&stage), ["80", "81"]);
        assert_eq!(runs(stage.cmd.as_ref()), ["serve --port 80", "b"]);
        assert_eq!(runs(stage.healthcheck.as_ref()), ["curl localhost:80", "exit 1"]);
    }

    #[test]
    fn what_is_no_dockerfile_is_an_error_with_its_line() {
        assert_eq!(final_stage("FROM x\nNOPE y\n", None, &Env::default()), Err(DockerfileError::Syntax { line: 2 }));
        assert!(final_stage("", None, &Env::default()).is_err());
    }

    proptest! {
        #[test]
        fn spans_fit_any_text(text in "(FROM x|ARG |ENV |EXPOSE |CMD |HEALTHCHECK |[a-c=é]|[0-9]{1,3}|\\$|\\{|\\}|\"|'|\\[|\\]|,|\\\\|#| |\r?\n){0,30}") {
            let text = format!("FROM x\n{text}");
            if let Ok(stage) = final_stage(&text, None, &Env::default()) {
                let spans = stage.expose.iter().map(|(_, span)| *span).chain(stage.cmd.map(|line| line.span)).chain(stage.env.iter().map(|it| it.span));
                for span in spans {
                    prop_assert!(text.get(span.start..span.end).is_some());
                }
            }
        }
    }
}
