//! `--engine`: what the engine knows and the files do not say.

use crate::probe::Talk::{Http, Mqtt};
use crate::stack::{Outside, Stack};
use assert_cmd::Command;

/// Runs `work` on the stack of that name.
fn with(name: &'static str, work: impl FnOnce(&Stack)) {
    work(&Stack::new(name, &[]));
}

#[test]
#[ignore = "needs COMPOSE_FIX_ENGINE, as .ci/engine sets it"]
fn images_and_sockets_tell_ports_that_no_file_says() {
    with("unknown-images", |stack| {
        let files_alone = stack.compose_fix(&["--check"]);
        assert!(files_alone.code == 1 && files_alone.stderr.contains("2 need a port"), "{files_alone:?}");
        let images = stack.compose_fix(&["--engine", "--check"]);
        assert!(images.stderr.contains("the image on this machine exposes 3000/tcp"), "{images:?}");
        assert!(images.stderr.contains("1 needs a port"), "{images:?}");

        let probes = [(8080, Http("/upstream", "upstream=api of node"), Outside::Closes), (3000, Http("/", "api of"), Outside::Closes)];
        stack.up();
        stack.probe("host networking", &probes, |_| true);
        let sockets = stack.compose_fix(&["--engine", "--write"]);
        assert!(sockets.stderr.contains("the running container listens on 8080/tcp"), "{sockets:?}");
        assert!(sockets.stderr.contains("2 migrated, in 1 of 1 file"), "{sockets:?}");
        stack.up();
        stack.probe("migrated by --engine", &probes, |_| false);
        let afterwards = stack.compose_fix(&["--engine", "--check"]);
        assert_eq!((afterwards.code, afterwards.stderr.as_str()), (0, "no service on host networking in 1 file\n"));
    });
}

#[test]
#[ignore = "needs COMPOSE_FIX_ENGINE, as .ci/engine sets it"]
fn a_listener_on_loopback_holds_the_edit_back() {
    with("local-only-broker", |stack| {
        stack.up();
        stack.probe("host networking", &[(1883, Mqtt, Outside::WasClosed)], |_| false);
        let run = stack.compose_fix(&["--engine", "--check"]);
        assert!(run.stderr.contains("the running container listens on 1883/tcp at `127.0.0.1` only"), "{run:?}");
        assert!(run.code == 1 && run.stderr.contains("1 held back (--unsafe)"), "{run:?}");
    });
}

#[test]
#[ignore = "needs COMPOSE_FIX_ENGINE, as .ci/engine sets it"]
fn sockets_of_a_container_that_is_older_than_the_files_are_a_hint() {
    with("unknown-images", |stack| {
        stack.up();
        stack.probe("host networking", &[(8080, Http("/", "hello"), Outside::Closes)], |_| true);
        let path = stack.directory().join("compose.yaml");
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, text.replace("UPSTREAM_URL:", "NAME: newer\n      UPSTREAM_URL:")).unwrap();
        let run = stack.compose_fix(&["--engine", "--check"]);
        assert!(run.stderr.contains("listens on 8080/tcp, and the files have changed since it was made"), "{run:?}");
        assert!(run.stderr.contains("1 held back (--unsafe)"), "{run:?}");
    });
}

#[test]
#[ignore = "needs COMPOSE_FIX_ENGINE, as .ci/engine sets it"]
fn mappings_and_listeners_that_do_not_meet_are_reported() {
    with("wrong-mapping", |stack| {
        stack.up();
        let end = std::time::Instant::now() + std::time::Duration::from_secs(30);
        let expected = [
            "`shop` maps 8087/tcp, and nobody listens there in the running container",
            "`shop` listens on 8080/tcp, which no mapping leads to",
            "`admin` maps 8070/tcp, and the running container listens on `127.0.0.1` only",
        ];
        // The servers take a moment to listen.
        loop {
            let run = stack.compose_fix(&["--engine", "--check"]);
            if run.code == 1 && expected.iter().all(|line| run.stderr.contains(line)) {
                break;
            }
            assert!(std::time::Instant::now() < end, "{run:?}");
            std::thread::sleep(std::time::Duration::from_millis(300));
        }
        assert_eq!(stack.compose_fix(&["--check"]).code, 0, "only an engine can tell");
    });
}

#[test]
#[ignore = "needs COMPOSE_FIX_ENGINE, as .ci/engine sets it"]
fn an_engine_elsewhere_or_nowhere_is_a_line_and_no_obstacle() {
    with("unknown-images", |stack| {
        let ask = |host: &str| {
            let mut command: Command = stack.command(env!("CARGO_BIN_EXE_compose-fix"), &["--engine", "-p", "api=3000", "-p", "shop=8080"]);
            let output = command.env("DOCKER_HOST", host).assert().success().get_output().clone();
            assert!(String::from_utf8(output.stdout).unwrap().contains("+      - \"127.0.0.1:8080:8080\""));
            String::from_utf8(output.stderr).unwrap()
        };
        assert!(ask("tcp://127.0.0.1:1").contains("warning: --engine: the Docker engine in use is another machine's (tcp)"));
        let nowhere = ask("unix:///nowhere/docker.sock");
        assert!(nowhere.contains("warning: --engine: `docker` says: ") && nowhere.contains("; going on without it"), "{nowhere}");
    });
}
