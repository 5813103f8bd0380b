//! After the migration the stack still works: addresses and networks, case by case, as text before and after.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests may panic: that is how they fail")]

mod support;

use std::collections::BTreeMap;
use std::fs;
use support::files::tree;
use support::program;

/// A project after a run, and what was said.
struct Run {
    files: BTreeMap<String, String>,
    said: String,
}

impl Run {
    fn text(&self, file: &str) -> &str {
        &self.files[file]
    }
}

fn run(files: &[(&str, &str)], options: &[&str]) -> Run {
    let folder = tree(files);
    let run = program::run(folder.path(), &[&["--write", "-v"], options, &["."]].concat());
    let after = files.iter().map(|(path, _)| ((*path).to_owned(), fs::read_to_string(folder.path().join(path)).unwrap()));
    Run { files: after.collect(), said: run.stdout + &run.stderr }
}

/// On host networking for no reason: the service `web` on 3000, and behind it `peers`.
fn with_web(extra: &str, peers: &str) -> String {
    format!(
        "services:\n  # on the host network for now\n  web:\n    image: example/web\n    network_mode: host\n    expose: [\"3000\"]\n{extra}{peers}"
    )
}

const DB: &str = "  db:\n    image: postgres:16\n    network_mode: host\n";
const CACHE: &str = "  cache:\n    image: redis:7\n    network_mode: host\n";

/// The lines that are in `after` and not in `before`, trimmed, ports and networks left out.
fn changed(before: &str, after: &str) -> Vec<String> {
    let old: Vec<&str> = before.lines().collect();
    let is_frame = |line: &str| {
        let line = line.trim();
        ["ports:", "networks:", "driver: bridge", "app-net:", "- app-net"].contains(&line) || line.starts_with("- \"127.0.0.1:")
    };
    after.lines().filter(|line| !old.contains(line) && !line.is_empty() && !is_frame(line)).map(|line| line.trim().to_owned()).collect()
}

/// Checks values of `environment` of `web` beside a database on 5432 and a cache on 6379.
fn check_variables(options: &[&str], table: &[(&str, &str)]) {
    for (before, after) in table {
        let lines: String = before.lines().map(|line| format!("      {line}\n")).collect();
        let text = with_web(&format!("    environment:\n{lines}"), &format!("{DB}{CACHE}"));
        let run = run(&[("compose.yaml", &text)], options);
        let expected: Vec<String> = after.lines().map(|line| line.trim().to_owned()).collect();
        assert_eq!(changed(&text, run.text("compose.yaml")), expected, "{before}\n{}", run.said);
        assert!(!run.text("compose.yaml").contains("network_mode"), "{before}\n{}", run.said);
    }
}

/// Checks that `web` does not leave in a default run, and what is said of it.
fn check_held(files: &[(&str, &str)], because: &str) {
    let run = run(files, &[]);
    let held = run.said.lines().skip_while(|line| !line.contains(" web ")).collect::<Vec<_>>().join("\n");
    assert!(run.said.contains("held back  web"), "{}", run.said);
    assert!(held.contains(because), "`{because}` is not said: {}", run.said);
}

#[test]
fn a_variable_names_a_peer_in_every_spelling() {
    check_variables(
        &[],
        &[
            ("URL: postgres://u:p@localhost:5432/app", "URL: postgres://u:p@db:5432/app"),
            ("URL: postgres://u:p@localhost/app", "URL: postgres://u:p@db/app"),
            ("URL: redis://127.0.0.1", "URL: redis://cache"),
            ("URL: 'redis://[::1]:6379/1'", "URL: 'redis://cache:6379/1'"),
            ("URL: redis://0.0.0.0:6379", "URL: redis://cache:6379"),
            ("URL: postgresql+asyncpg://localhost:5432/x", "URL: postgresql+asyncpg://db:5432/x"),
            ("URL: jdbc:postgresql://localhost:5432/x?a=b", "URL: jdbc:postgresql://db:5432/x?a=b"),
            ("URL: jdbc:postgresql://localhost/x", "URL: jdbc:postgresql://db/x"),
            ("CONN: Server=127.0.0.1;Port=5432;User Id=x", "CONN: Server=db;Port=5432;User Id=x"),
            ("CONN: Host=localhost;Database=x;Port=5432", "CONN: Host=db;Database=x;Port=5432"),
            ("DSN: host=localhost port=5432 dbname=x", "DSN: host=db port=5432 dbname=x"),
            ("DSN: \"dbname=x port='5432' host='localhost'\"", "DSN: \"dbname=x port='5432' host='db'\""),
            ("SERVERS: localhost:5432,localhost:6379", "SERVERS: db:5432,cache:6379"),
            ("FIREBIRD: 127.0.0.1/5432", "FIREBIRD: db/5432"),
            ("REDIS_HOST: localhost", "REDIS_HOST: cache"),
            ("DB_HOSTNAME: localhost", "DB_HOSTNAME: db"),
            ("PGHOST: 127.0.0.1\nPGPORT: \"5432\"", "PGHOST: db"),
            ("DB_HOST: localhost\nDB_PORT: 5432", "DB_HOST: db"),
            ("database__connection__host: localhost\ndatabase__connection__port: 5432", "database__connection__host: db"),
            ("APP__CACHE__HOST: localhost\nAPP__CACHE__PORT: 6379", "APP__CACHE__HOST: cache"),
            ("spring.redis.host: localhost\nspring.redis.port: 6379", "spring.redis.host: cache"),
            ("JSON: '{\"host\": \"localhost\", \"port\": 5432}'", "JSON: '{\"host\": \"db\", \"port\": 5432}'"),
            ("JSON: '{\"url\":\"redis://localhost:6379\"}'", "JSON: '{\"url\":\"redis://cache:6379\"}'"),
            ("CONFIG: |\n  db:\n    host: localhost\n    port: 5432\n  x: 1", "host: db"),
            ("CONFIG: |\n  url=redis://localhost:6379\n  other=1", "url=redis://cache:6379"),
            ("CONFIG: >-\n  redis://localhost:6379", "redis://cache:6379"),
            ("URL: \"${URL:-redis://localhost:6379}\"", "URL: \"${URL:-redis://cache:6379}\""),
            ("URL: redis://${REDIS_HOST:-localhost}:${REDIS_PORT:-6379}/0", "URL: redis://${REDIS_HOST:-cache}:${REDIS_PORT:-6379}/0"),
            ("URL: redis://host.docker.internal:6379", "URL: redis://cache:6379"),
            ("URL: redis://172.17.0.1:6379", "URL: redis://cache:6379"),
        ],
    );
}

#[test]
fn what_others_read_is_left_and_said() {
    for variable in [
        "NEXT_PUBLIC_API: http://localhost:5432",
        "VITE_API: http://localhost:5432",
        "REACT_APP_API: http://localhost:5432",
        "PUBLIC_URL: http://localhost:5432",
        "GF_SERVER_ROOT_URL: http://localhost:5432",
        "CORS_ORIGINS: http://localhost:5432",
        "ALLOWED_HOSTS: localhost:5432",
        "OAUTH_CALLBACK_URL: http://localhost:5432/cb",
        "KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://localhost:5432",
    ] {
        let text = with_web(&format!("    environment:\n      {variable}\n"), DB);
        let run = run(&[("compose.yaml", &text)], &["--unsafe"]);
        assert_eq!(changed(&text, run.text("compose.yaml")), [""; 0], "{variable}");
        assert!(run.said.contains("`localhost:5432` is left as it is"), "{variable}\n{}", run.said);
    }
    check_variables(&[], &[("NO_PROXY: localhost,127.0.0.1", "")]);
}

#[test]
fn an_issuer_of_tokens_is_for_browsers_and_for_the_service() {
    let text = with_web("    environment:\n      OIDC_ISSUER: http://localhost:5432/realm\n", DB);
    check_held(&[("compose.yaml", &text)], "names `localhost:5432`, and both browsers and the service may dial it");
    check_variables(&[], &[("OIDC_ISSUER: http://localhost:3000", "")]);
}

#[test]
fn logging_options_are_dialled_by_the_daemon() {
    let text = with_web("    logging:\n      driver: syslog\n      options:\n        syslog-address: tcp://127.0.0.1:5432\n", DB);
    let run = run(&[("compose.yaml", &text)], &[]);
    assert_eq!(changed(&text, run.text("compose.yaml")), [""; 0]);
    assert!(run.said.contains("`127.0.0.1:5432` is left as it is, for the Docker daemon"), "{}", run.said);
}

#[test]
fn commands_name_peers_in_words_and_scripts() {
    for (before, after) in [
        ("command: serve --db localhost:5432", "command: serve --db db:5432"),
        ("command: [\"serve\", \"--db=localhost:5432\"]", "command: [\"serve\", \"--db=db:5432\"]"),
        ("command: wait-for localhost 5432", "command: wait-for db 5432"),
        ("command: sh -c \"wait-for localhost 5432 && serve\"", "command: sh -c \"wait-for db 5432 && serve\""),
        ("command: [\"sh\", \"-c\", \"nc -z 127.0.0.1 6379; serve\"]", "command: [\"sh\", \"-c\", \"nc -z cache 6379; serve\"]"),
        (
            "command: sh -c 'until pg_isready -h localhost -p 5432; do sleep 1; done'",
            "command: sh -c 'until pg_isready -h db -p 5432; do sleep 1; done'",
        ),
        ("command: sh -c 'until pg_isready -h localhost; do sleep 1; done'", "command: sh -c 'until pg_isready -h db; do sleep 1; done'"),
        ("command: dnsperf -s 127.0.0.1 -p 6379", "command: dnsperf -s cache -p 6379"),
        ("command: dnsperf -s 127.0.0.1 -p6379", "command: dnsperf -s cache -p6379"),
        ("command: pg_dump --host=localhost --port=5432", "command: pg_dump --host=db --port=5432"),
        ("command: psql \"host=localhost port=5432\"", "command: psql \"host=db port=5432\""),
        ("command: sh -c \"echo > /dev/tcp/127.0.0.1/5432\"", "command: sh -c \"echo > /dev/tcp/db/5432\""),
        ("entrypoint: [\"/wait\", \"localhost:5432\", \"--\", \"serve\"]", "entrypoint: [\"/wait\", \"db:5432\", \"--\", \"serve\"]"),
        ("command: >\n      sh -c \"wait-for localhost:5432 &&\n             serve\"", "sh -c \"wait-for db:5432 &&"),
        ("command: wait localhost:$$DB_PORT\n    environment: {DB_PORT: 5432}", "command: wait db:$$DB_PORT"),
        ("command: sh -c 'ping localhost && redis-cli -p 6379'", ""),
        ("command: timeout 9 bash -c 'nc -z localhost 5432; serve'", "command: timeout 9 bash -c 'nc -z db 5432; serve'"),
        ("command: serve --token=$$(get --host localhost 6379)", "command: serve --token=$$(get --host cache 6379)"),
    ] {
        let text = with_web(&format!("    {before}\n"), &format!("{DB}{CACHE}"));
        let run = run(&[("compose.yaml", &text)], &["--unsafe"]);
        let expected: Vec<&str> = after.lines().collect();
        assert_eq!(changed(&text, run.text("compose.yaml")), expected, "{before}\n{}", run.said);
    }
}

#[test]
fn the_services_own_addresses_stay() {
    check_variables(&[], &[("SELF: http://localhost:3000/health", ""), ("HOST: 0.0.0.0\nPORT: 3000", "")]);
    let text = with_web("    healthcheck:\n      test: curl -f http://localhost:3000/health\n", "");
    assert_eq!(changed(&text, run(&[("compose.yaml", &text)], &[]).text("compose.yaml")), [""; 0]);
}

#[test]
fn a_healthcheck_that_looks_at_a_peer_follows_it() {
    let text = with_web("    healthcheck:\n      test: [\"CMD\", \"pg_isready\", \"-h\", \"localhost\", \"-p\", \"5432\"]\n", DB);
    let expected = ["test: [\"CMD\", \"pg_isready\", \"-h\", \"db\", \"-p\", \"5432\"]"];
    assert_eq!(changed(&text, run(&[("compose.yaml", &text)], &[]).text("compose.yaml")), expected);
}

#[test]
fn a_published_port_maps_back_to_the_containers() {
    let db = "  db:\n    image: postgres:16\n    ports:\n      - \"15432:5432\"\n    networks: [back]\nnetworks:\n  back:\n";
    for (before, after) in [
        ("DB: postgres://localhost:15432/x", "DB: postgres://db:5432/x"),
        ("DB_HOST: localhost\n      DB_PORT: 15432", "DB_HOST: db\nDB_PORT: 5432"),
        ("DB: host=localhost port=15432", "DB: host=db port=5432"),
        ("DB: postgres://localhost:${DB_PORT:-15432}/x", "DB: postgres://db:5432/x"),
    ] {
        let text = with_web(&format!("    environment:\n      {before}\n"), db);
        let run = run(&[("compose.yaml", &text)], &[]);
        let mut expected: Vec<&str> = after.lines().collect();
        expected.push("- back");
        let mut found = changed(&text, run.text("compose.yaml"));
        found.sort();
        expected.sort_unstable();
        assert_eq!(found, expected, "{before}\n{}", run.said);
    }
}

#[test]
fn a_published_variable_becomes_the_containers_port() {
    let db = "  db:\n    image: postgres:16\n    ports:\n      - \"${DB_PORT:-5432}:5432\"\n";
    let text = with_web("    environment:\n      DB: postgres://localhost:${DB_PORT:-5432}/x\n", db);
    let run = run(&[("compose.yaml", &text)], &[]);
    assert_eq!(changed(&text, run.text("compose.yaml")), ["- default", "DB: postgres://db:5432/x"], "{}", run.said);
}

#[test]
fn a_line_of_dot_env_changes_when_all_its_readers_agree() {
    let both = "  job:\n    image: example/job\n    network_mode: host\n    expose: [\"3001\"]\n    environment:\n      DB: ${DB_HOST}\n";
    let one = "    environment:\n      DB_URL: postgres://${DB_HOST}:5432/x\n";
    let env = "# secret\nDB_HOST=localhost\nPW=x\n";
    let text = with_web(one, &format!("{}{DB}", both.replace("DB: ${DB_HOST}", "DB_URL: postgres://${DB_HOST}/x")));
    let run1 = run(&[("compose.yaml", &text), (".env", env)], &[]);
    assert_eq!(run1.text(".env"), "# secret\nDB_HOST=db\nPW=x\n", "{}", run1.said);
    assert_eq!(changed(&text, run1.text("compose.yaml")), [""; 0]);

    // One reader stays on host networking.
    let text = with_web(one, &format!("{}{DB}", both.replace("DB: ${DB_HOST}", "DB_URL: postgres://${DB_HOST}/x\n    pid: host")));
    let run2 = run(&[("compose.yaml", &text), (".env", env)], &[]);
    assert_eq!(run2.text(".env"), env, "{}", run2.said);
    assert!(run2.said.contains("`job` stays on host networking and reads the same address"), "{}", run2.said);

    // One reader is on a bridge, where the address is its own.
    let bridged = "  job:\n    image: example/job\n    environment:\n      DB_URL: postgres://${DB_HOST}/x\n";
    let text = with_web(one, &format!("{bridged}{DB}"));
    let run3 = run(&[("compose.yaml", &text), (".env", env)], &[]);
    assert_eq!(run3.text(".env"), env, "{}", run3.said);

    // It is put into a mapping too.
    let text = with_web(one, &format!("{DB}  other:\n    image: nginx\n    ports: [\"${{DB_HOST}}:8000:80\"]\n"));
    let run4 = run(&[("compose.yaml", &text), (".env", env.replace("localhost", "127.0.0.1").as_str())], &[]);
    assert!(run4.said.contains("`ports` reads it too"), "{}", run4.said);
}

#[test]
fn an_env_file_changes_when_all_its_readers_agree() {
    let env = "DB_HOST=localhost\nDB_PORT=5432\n";
    let reader = |name: &str, more: &str| {
        format!(
            "  {name}:\n    image: example/{name}\n    network_mode: host\n    expose: [\"300{}\"]\n    env_file: common.env\n{more}",
            name.len()
        )
    };
    let text = format!("services:\n{}{}{DB}", reader("a", ""), reader("bb", ""));
    let run1 = run(&[("compose.yaml", &text), ("common.env", env)], &[]);
    assert_eq!(run1.text("common.env"), "DB_HOST=db\nDB_PORT=5432\n", "{}", run1.said);
    let text = format!("services:\n{}{}{DB}", reader("a", ""), reader("bb", "    pid: host\n"));
    let run2 = run(&[("compose.yaml", &text), ("common.env", env)], &[]);
    assert_eq!(run2.text("common.env"), env, "{}", run2.said);
    let text = format!("services:\n{}{}{DB}", reader("a", ""), reader("bb", "").replace("    network_mode: host\n", ""));
    let run3 = run(&[("compose.yaml", &text), ("common.env", env)], &[]);
    assert_eq!(run3.text("common.env"), env, "{}", run3.said);
}

#[test]
fn a_value_is_followed_to_the_line_that_spells_it() {
    // Through a line of the same env file, in quotes.
    let env = "CACHE_HOST=localhost\nURL=\"redis://${CACHE_HOST}:6379/0\"\n";
    let text = with_web("    env_file: web.env\n", CACHE);
    let run1 = run(&[("compose.yaml", &text), ("web.env", env)], &[]);
    assert_eq!(run1.text("web.env"), env.replace("localhost", "cache"), "{}", run1.said);
    // Through two lines of `.env`, and into an escape that stays.
    let env = "HOST=localhost\nURL=\"redis://$HOST:6379/a\\tb\"\n";
    let text = with_web("    environment:\n      URL: ${URL}\n", CACHE);
    let run2 = run(&[("compose.yaml", &text), (".env", env)], &[]);
    assert_eq!(run2.text(".env"), env.replace("localhost", "cache"), "{}", run2.said);
    // Host and port in one line, of which the port is another one inside the network.
    let db = "  db:\n    image: postgres:16\n    ports:\n      - \"15432:5432\"\n";
    let text = with_web("    environment:\n      DB: postgres://${DB_ADDRESS}/x\n", db);
    let run3 = run(&[("compose.yaml", &text), (".env", "DB_ADDRESS=localhost:15432\n")], &[]);
    assert_eq!(run3.text(".env"), "DB_ADDRESS=db:5432\n", "{}", run3.said);
}

#[test]
fn a_host_alone_is_not_rewritten_for_a_reader_of_unknown_meaning() {
    let one = "    environment:\n      DB_HOST: ${DB_HOST}\n      DB_PORT: 5432\n";
    let text = with_web(one, &format!("{DB}  other:\n    image: nginx\n    ports: [\"${{DB_HOST}}:8000:80\"]\n"));
    let env = "DB_HOST=127.0.0.1\n";
    let run1 = run(&[("compose.yaml", &text), (".env", env)], &["--unsafe"]);
    assert_eq!(run1.text(".env"), env, "{}", run1.said);
    assert!(run1.said.contains("`ports` reads it too"), "{}", run1.said);
}

#[test]
fn an_own_address_may_be_put_together_from_several_texts() {
    let text = with_web("    environment:\n      SELF: http://local${REST}:3000/\n", "");
    let run1 = run(&[("compose.yaml", &text), (".env", "REST=host\n")], &[]);
    assert!(!run1.text("compose.yaml").contains("network_mode"), "{}", run1.said);
    let text = with_web("    environment:\n      DB: postgres://local${REST}:5432/\n", DB);
    check_held(&[("compose.yaml", &text), (".env", "REST=host\n")], "it is put together from several texts");
}

#[test]
fn an_unset_variable_is_no_port() {
    let text = with_web("    volumes: [\"./nginx.conf:/etc/nginx/nginx.conf\"]\n    environment:\n      API_PORT: 5432\n", DB);
    let known = [("compose.yaml", text.as_str()), ("nginx.conf", "proxy_pass http://localhost:$API_PORT/;\n")];
    check_held(&known, "this file says `localhost:5432`, which is `db`");
    let unknown = [("compose.yaml", text.as_str()), ("nginx.conf", "proxy_pass http://localhost:$OTHER_PORT/;\n")];
    check_held(&unknown, "names `localhost`, and its port is a variable without a value");
}

#[test]
fn an_anchor_changes_when_all_its_readers_agree() {
    let text = "x-env: &env\n  URL: redis://localhost:6379\nservices:\n  web:\n    image: example/web\n    network_mode: host\n    expose: [\"3000\"]\n    \
                environment: *env\n  job:\n    image: example/job\n    network_mode: host\n    expose: [\"3001\"]\n    environment: *env\n  \
                cache:\n    image: redis:7\n    network_mode: host\n";
    let run1 = run(&[("compose.yaml", text)], &[]);
    assert!(run1.text("compose.yaml").contains("URL: redis://cache:6379"), "{}", run1.said);
    let stays = text.replace("    image: example/job\n", "    image: example/job\n    pid: host\n");
    let run2 = run(&[("compose.yaml", &stays)], &["--unsafe"]);
    assert!(run2.text("compose.yaml").contains("URL: redis://localhost:6379"), "{}", run2.said);
    assert!(run2.said.contains("`job` stays on host networking and reads the same address"), "{}", run2.said);
}

#[test]
fn a_process_on_the_host_is_reached_by_the_gateway() {
    let text = with_web("    environment:\n      URL: http://localhost:9999\n", "");
    check_held(&[("compose.yaml", &text)], "dials `localhost:9999`, where no service of the project listens");
    let run1 = run(&[("compose.yaml", &text)], &["--unsafe"]);
    let expected = ["extra_hosts:", "- \"host.docker.internal:host-gateway\"", "URL: http://host.docker.internal:9999"];
    assert_eq!(changed(&text, run1.text("compose.yaml")), expected);
}

#[test]
fn a_peer_that_stays_holds_back_its_clients_only() {
    let stays = DB.replace("    image", "    pid: host\n    image");
    let text = with_web("    environment:\n      DB: postgres://localhost:5432/x\n", &format!("{stays}{CACHE}"));
    let run1 = run(&[("compose.yaml", &text)], &[]);
    assert_eq!(run1.text("compose.yaml").matches("network_mode: host").count(), 2, "{}", run1.said);
    assert!(run1.said.contains("dials `db`, which stays on host networking"), "{}", run1.said);
    let run2 = run(&[("compose.yaml", &text)], &["--unsafe"]);
    assert!(run2.text("compose.yaml").contains("DB: postgres://host.docker.internal:5432/x"), "{}", run2.said);
    assert!(run2.text("compose.yaml").contains("host.docker.internal:host-gateway"), "{}", run2.said);
}

#[test]
fn a_client_that_stays_keeps_its_address() {
    let text = with_web("    pid: host\n    environment:\n      DB: postgres://localhost:5432/x\n", DB);
    let run1 = run(&[("compose.yaml", &text)], &[]);
    assert!(run1.text("compose.yaml").contains("DB: postgres://localhost:5432/x"), "{}", run1.said);
    assert_eq!(run1.text("compose.yaml").matches("network_mode: host").count(), 1, "{}", run1.said);
    // By the gateway's address a mapping on loopback is out of reach, so the peer stays too.
    let text = text.replace("localhost:5432", "172.17.0.1:5432");
    let run2 = run(&[("compose.yaml", &text)], &["--unsafe"]);
    assert_eq!(run2.text("compose.yaml"), text, "{}", run2.said);
}

#[test]
fn two_owners_and_unknown_ports_are_not_guessed_at() {
    let other = "  other:\n    build: other\n    network_mode: host\n    expose: [\"5432\"]\n";
    let text = with_web("    environment:\n      URL: tcp://localhost:5432\n", &format!("{DB}{other}"));
    check_held(&[("compose.yaml", &text)], "several services listen on port 5432");
    let text = with_web("    environment:\n      URL: tcp://localhost:${PORT}\n", DB);
    check_held(&[("compose.yaml", &text)], "its port is a variable without a value");
}

#[test]
fn a_bridge_service_that_used_the_gateway_uses_the_name() {
    for host in ["host.docker.internal", "172.17.0.1"] {
        let front =
            format!("  front:\n    build: front\n    environment:\n      API: http://{host}:3000\n      SELF: http://localhost:3000\n");
        let text = with_web("", &front);
        let run1 = run(&[("compose.yaml", &text)], &[]);
        assert_eq!(changed(&text, run1.text("compose.yaml")), ["- default", "API: http://web:3000"], "{}", run1.said);
    }
}

#[test]
fn a_bridge_services_file_is_not_edited_by_default() {
    let front = "  front:\n    image: nginx\n    volumes: [\"./nginx.conf:/etc/nginx/nginx.conf\"]\n";
    let config = "upstream web { server host.docker.internal:3000; }\n";
    let text = with_web("", front);
    let files = [("compose.yaml", text.as_str()), ("nginx.conf", config)];
    check_held(&files, "`front` dials it at `host.docker.internal:3000`, which has to change with it");
    let run1 = run(&files, &["--unsafe"]);
    assert_eq!(run1.text("nginx.conf"), "upstream web { server web:3000; }\n", "{}", run1.said);
}

#[test]
fn a_mounted_project_folder_does_not_make_the_compose_file_a_setting() {
    let text = with_web("    volumes: [\".:/app\"]\n    environment:\n      REDIRECT_URL: http://localhost:5432/x\n", DB);
    let run1 = run(&[("compose.yaml", &text), (".env", "X=localhost:5432\n")], &[]);
    assert_eq!(changed(&text, run1.text("compose.yaml")), [""; 0], "{}", run1.said);
    assert!(!run1.text("compose.yaml").contains("network_mode"), "{}", run1.said);
}

#[test]
fn mounted_files_are_edited_with_unsafe_only() {
    for (name, before, after) in [
        ("nginx.conf", "proxy_pass http://localhost:5432/;\n", "proxy_pass http://db:5432/;\n"),
        ("haproxy.cfg", "  server s1 127.0.0.1:6379 check\n", "  server s1 cache:6379 check\n"),
        ("Caddyfile", "reverse_proxy localhost:6379\n", "reverse_proxy cache:6379\n"),
        ("prometheus.yml", "  - targets: ['localhost:6379', \"localhost:5432\"]\n", "  - targets: ['cache:6379', \"db:5432\"]\n"),
        ("app.toml", "[db]\nhost = \"localhost\"\nport = 5432\n", "[db]\nhost = \"db\"\nport = 5432\n"),
        ("app.json", "{\"redis\": {\"host\": \"127.0.0.1\", \"port\": 6379}}\n", "{\"redis\": {\"host\": \"cache\", \"port\": 6379}}\n"),
        ("app.properties", "spring.redis.host=localhost\nspring.redis.port=6379\n", "spring.redis.host=cache\nspring.redis.port=6379\n"),
        (
            "envoy.yaml",
            "socket_address:\n  address: localhost\n  port_value: 5432\n",
            "socket_address:\n  address: db\n  port_value: 5432\n",
        ),
        ("pgbouncer.ini", "* = host=localhost port=5432\n", "* = host=db port=5432\n"),
        ("app.ini", "; localhost:5432\ndb_host = localhost\n", "; localhost:5432\ndb_host = db\n"),
    ] {
        let text = with_web(&format!("    volumes: [\"./{name}:/etc/{name}\"]\n"), &format!("{DB}{CACHE}"));
        let files = [("compose.yaml", text.as_str()), (name, before)];
        let run1 = run(&files, &[]);
        assert_eq!(run1.text(name), before, "{name}\n{}", run1.said);
        assert!(run1.said.contains("held back  web") && run1.said.contains(&format!("{name}:")), "{name}\n{}", run1.said);
        let run2 = run(&files, &["--unsafe"]);
        assert_eq!(run2.text(name), after, "{name}\n{}", run2.said);
    }
}

#[test]
fn a_config_in_the_compose_file_is_a_mounted_file() {
    let text = with_web(
        "    configs:\n      - source: caddy\n        target: /etc/caddy/Caddyfile\n",
        &format!("{DB}configs:\n  caddy:\n    content: |\n      # localhost:1\n      reverse_proxy localhost:5432\n"),
    );
    check_held(&[("compose.yaml", &text)], "this file says `localhost:5432`, which is `db`");
    let run1 = run(&[("compose.yaml", &text)], &["--unsafe"]);
    assert_eq!(changed(&text, run1.text("compose.yaml")), ["reverse_proxy db:5432"], "{}", run1.said);
    let text = text.replace("content: |\n      # localhost:1\n      reverse_proxy localhost:5432", "file: ./Caddyfile");
    let run2 = run(&[("compose.yaml", &text), ("Caddyfile", "reverse_proxy localhost:5432\n")], &["--unsafe"]);
    assert_eq!(run2.text("Caddyfile"), "reverse_proxy db:5432\n", "{}", run2.said);
}

#[test]
fn listeners_on_one_address_move_to_all() {
    for (before, after) in [
        ("environment: {HOST: 127.0.0.1, PORT: 3000}", "environment: {HOST: 0.0.0.0, PORT: 3000}"),
        ("environment: {LISTEN_ADDR: \"127.0.0.1:3000\"}", "environment: {LISTEN_ADDR: \"0.0.0.0:3000\"}"),
        ("environment: {HOST: 192.168.1.5, PORT: 3000}", "environment: {HOST: 0.0.0.0, PORT: 3000}"),
        ("command: serve --bind 127.0.0.1:3000", "command: serve --bind 0.0.0.0:3000"),
        ("command: serve --listen=192.168.1.5:3000", "command: serve --listen=0.0.0.0:3000"),
        ("command: serve --host localhost --port 3000", "command: serve --host 0.0.0.0 --port 3000"),
    ] {
        let text = with_web(&format!("    {before}\n"), "");
        let run1 = run(&[("compose.yaml", &text)], &[]);
        assert_eq!(run1.text("compose.yaml"), text, "{before}\n{}", run1.said);
        let run2 = run(&[("compose.yaml", &text)], &["--unsafe"]);
        assert_eq!(changed(&text, run2.text("compose.yaml")), [after], "{before}\n{}", run2.said);
    }
    let text = "services:\n  cache:\n    image: redis:7\n    network_mode: host\n    volumes: [\"./redis.conf:/usr/local/etc/redis/redis.conf\"]\n";
    let files = [("compose.yaml", text), ("redis.conf", "bind 127.0.0.1\nport 6379\n")];
    assert_eq!(run(&files, &[]).text("compose.yaml"), text);
    assert_eq!(run(&files, &["--unsafe"]).text("redis.conf"), "bind 0.0.0.0\nport 6379\n");
}

#[test]
fn a_lan_address_of_a_peer_is_left_and_asked_about() {
    let text = with_web("    environment:\n      DB: postgres://192.168.1.5:5432/x\n", DB);
    check_held(&[("compose.yaml", &text)], "names `192.168.1.5:5432`, and if that is this host it is `db`");
    let run1 = run(&[("compose.yaml", &text)], &["--unsafe"]);
    assert!(run1.text("compose.yaml").contains("192.168.1.5:5432"));
    assert!(run1.said.contains("`192.168.1.5:5432` is left as it is"), "{}", run1.said);
    // Another machine's is none of our business.
    check_variables(&[], &[("NAS: http://192.168.1.5:8080", "")]);
}

#[test]
fn a_proxys_label_is_not_edited() {
    let text = with_web("    labels:\n      caddy.reverse_proxy: localhost:5432\n", DB);
    check_held(&[("compose.yaml", &text)], "label `caddy.reverse_proxy` says `localhost:5432`");
    let run1 = run(&[("compose.yaml", &text)], &["--unsafe"]);
    assert!(run1.text("compose.yaml").contains("localhost:5432"));
    assert!(run1.said.contains("`localhost:5432` is left as it is, since labels are not edited"), "{}", run1.said);
}

#[test]
fn a_shared_namespace_is_one_host() {
    let shared = "  side:\n    build: side\n    network_mode: service:web\n    expose: []\n    environment:\n      WEB: http://localhost:3000\n      \
                  DB: postgres://localhost:5432/x\n      OLD: http://localhost:9999\n      PORT: 3001\n";
    let text =
        with_web("    environment:\n      SIDE: http://localhost:3001\n", &format!("{}{DB}", shared.replace("    expose: []\n", "")));
    let run1 = run(&[("compose.yaml", &text)], &["--unsafe"]);
    let after = run1.text("compose.yaml");
    for line in
        ["SIDE: http://localhost:3001", "WEB: http://localhost:3000", "DB: postgres://db:5432/x", "OLD: http://host.docker.internal:9999"]
    {
        assert!(after.contains(line), "{line}\n{after}\n{}", run1.said);
    }
    assert_eq!(after.matches("extra_hosts").count(), 1, "{after}");
    assert!(after.find("extra_hosts") < after.find("side:"), "{after}");
    // Others reach it by the name of the service whose namespace it is in.
    let client =
        "  client:\n    build: client\n    network_mode: host\n    expose: [\"3002\"]\n    environment:\n      S: http://localhost:3001\n";
    let run2 = run(&[("compose.yaml", &format!("{text}{client}"))], &["--unsafe"]);
    assert!(run2.text("compose.yaml").contains("S: http://web:3001"), "{}", run2.said);
}

#[test]
fn kraft_voters_are_dialled_and_listeners_advertised() {
    let kafka = "services:\n  kafka:\n    image: apache/kafka:3.8.0\n    network_mode: host\n    environment:\n      KAFKA_LISTENERS: \
                 PLAINTEXT://:9092,CONTROLLER://:9093\n      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://localhost:9092\n      \
                 KAFKA_CONTROLLER_QUORUM_VOTERS: 1@localhost:9093\n";
    let run1 = run(&[("compose.yaml", kafka)], &["--unsafe"]);
    assert_eq!(changed(kafka, run1.text("compose.yaml")), [""; 0], "{}", run1.said);
    let pair = format!(
        "{}{}",
        kafka.replace("1@localhost:9093", "1@localhost:9093,2@localhost:19093"),
        "  other:\n    image: apache/kafka:3.8.0\n    network_mode: host\n    expose: [\"19092\", \"19093\"]\n"
    );
    let run2 = run(&[("compose.yaml", &pair)], &["--unsafe"]);
    assert!(run2.text("compose.yaml").contains("1@localhost:9093,2@other:19093"), "{}", run2.said);
}

#[test]
fn names_and_servers_that_lead_to_loopback_are_warned_about() {
    let text = with_web("    dns: 127.0.0.1\n    extra_hosts:\n      - \"api.local:127.0.0.1\"\n", "");
    let run1 = run(&[("compose.yaml", &text)], &[]);
    assert!(run1.said.contains("`dns` leads to 127.0.0.1") && run1.said.contains("`extra_hosts` leads to 127.0.0.1"), "{}", run1.said);
}

#[test]
fn a_peer_dialled_by_an_alias_of_loopback_is_asked_about() {
    let hosts = "    extra_hosts:\n      - \"db.local:127.0.0.1\"\n    environment:\n      URL: postgres://db.local:5432/x\n";
    check_held(&[("compose.yaml", &with_web(hosts, DB))], "names `127.0.0.1`, and it is dialled by the name `db.local`");
}

#[test]
fn a_bridge_service_that_shares_its_address_with_one_that_stays_holds_the_peer_back() {
    let text = "x-env: &env\n  API: http://172.17.0.1:3000\nservices:\n  web:\n    image: example/web\n    network_mode: host\n    expose: [\"3000\"]\n  \
                front:\n    build: front\n    environment: *env\n  agent:\n    image: example/agent\n    pid: host\n    network_mode: host\n    \
                environment: *env\n";
    let run1 = run(&[("compose.yaml", text)], &["--unsafe"]);
    assert_eq!(run1.text("compose.yaml"), text, "{}", run1.said);
    let free = text.replace("    pid: host\n", "    expose: [\"3001\"]\n");
    let run2 = run(&[("compose.yaml", &free)], &[]);
    assert!(run2.text("compose.yaml").contains("API: http://web:3000"), "{}", run2.said);
}

#[test]
fn extra_hosts_join_what_is_there() {
    let url = "    environment:\n      URL: http://localhost:9999\n";
    for (before, after) in [
        ("    extra_hosts:\n      - \"a:1.2.3.4\"\n", "      - \"a:1.2.3.4\"\n      - \"host.docker.internal:host-gateway\"\n"),
        ("    extra_hosts:\n      a: 1.2.3.4\n", "      a: 1.2.3.4\n      host.docker.internal: host-gateway\n"),
        (
            "    extra_hosts:\n      - \"host.docker.internal:host-gateway\"\n",
            "    extra_hosts:\n      - \"host.docker.internal:host-gateway\"\n",
        ),
    ] {
        let run1 = run(&[("compose.yaml", &with_web(&format!("{before}{url}"), ""))], &["--unsafe"]);
        assert!(run1.text("compose.yaml").contains(after), "{}\n{}", run1.text("compose.yaml"), run1.said);
        assert_eq!(run1.text("compose.yaml").matches("host-gateway").count(), 1);
    }
}

/// The networks that `web` joins, and the top-level ones.
fn networks(text: &str, options: &[&str]) -> (Vec<String>, Vec<String>) {
    let run = run(&[("compose.yaml", text)], options);
    let after = run.text("compose.yaml");
    let items = |from: &str, stop: &str| -> Vec<String> {
        let lines =
            after.lines().skip_while(|line| *line != from).skip(1).take_while(|line| !line.starts_with(stop) || line.starts_with("      "));
        lines.map(|line| line.trim().trim_start_matches("- ").to_owned()).collect()
    };
    let web: Vec<String> = items("    networks:", "    ").into_iter().take_while(|line| !line.ends_with(':')).collect();
    let top = after.lines().skip_while(|line| *line != "networks:").skip(1);
    let top =
        top.filter(|line| line.starts_with("  ") && !line.starts_with("    ")).map(|line| line.trim().trim_end_matches(':').to_owned());
    (web, top.collect())
}

#[test]
fn the_network_is_the_users_or_an_own_one() {
    let alone = with_web("", "");
    assert_eq!(networks(&alone, &[]), (vec!["app-net".into()], vec!["app-net".into()]));
    assert_eq!(networks(&alone, &["--network", "back"]), (vec!["back".into()], vec!["back".into()]));
    assert_eq!(networks(&alone, &["--network", "default"]).0, ["default"]);
    let existing = format!("{alone}networks:\n  app-net:\n    driver: bridge\n");
    assert_eq!(networks(&existing, &[]), (vec!["app-net".into()], vec!["app-net".into()]));
    for foreign in ["    external: true\n", "    driver: macvlan\n", "    driver: host\n", "    internal: true\n"] {
        let text = format!("{alone}networks:\n  app-net:\n{foreign}");
        assert_eq!(networks(&text, &[]), (vec!["app-net-2".into()], vec!["app-net".into(), "app-net-2".into()]), "{foreign}");
    }
}

#[test]
fn peers_on_bridges_decide_the_networks() {
    let dials = "    environment:\n      DB: postgres://localhost:5432/x\n";
    let db = |rest: &str| format!("  db:\n    image: postgres:16\n    ports: [\"5432:5432\"]\n{rest}");
    assert_eq!(networks(&with_web(dials, &db("")), &[]).0, ["default"]);
    assert_eq!(networks(&with_web(dials, &db("    networks: [back]\nnetworks:\n  back:\n")), &[]).0, ["back"]);
    // Ports of a service on internal networks alone are not mapped.
    let internal = db("    networks: [back]\nnetworks:\n  back:\n    internal: true\n");
    assert_eq!(networks(&with_web(dials, &internal), &[]).0, ["app-net", "back"]);
    let two = db("    networks: [inner, outer]\nnetworks:\n  inner:\n    internal: true\n  outer:\n");
    assert_eq!(networks(&with_web(dials, &two), &[]).0, ["outer"]);
    // A peer that is on a bridge already may name the service it could not reach before.
    let named = "  front:\n    build: front\n    environment:\n      API: http://web:3000\n    networks: [back]\nnetworks:\n  back:\n";
    assert_eq!(networks(&with_web("", named), &[]).0, ["back"]);
}
