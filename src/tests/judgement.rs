//! Verdicts and ports of small projects: each source of evidence and each rule, with the near miss beside it.
//!
//! A project is written as texts, the Compose file first; what is asked for is the verdict as one line:
//! `migrate 3000/tcp`, `review 80/tcp public-edge`, `ask no-port`, `keep network-capability`.

use crate::diagnostic::Outcome;
use crate::settings::Settings;
use crate::tests::project::Given;
use std::collections::BTreeSet;

/// The verdict on `service` as one line. The first file is the Compose file; one without text is looked for and not there.
fn verdict(files: &[(&str, &str)], service: &str) -> String {
    let run = Given::made(files).run(&Settings::default());
    let Some(report) = run.services.iter().find(|report| report.service == service) else {
        panic!("no `{service}` on host networking: {:?}", run.diagnostics);
    };
    let word = match report.outcome {
        Outcome::Migrated => "migrate",
        Outcome::HeldBack => "review",
        Outcome::Asks => "ask",
        Outcome::Kept => "keep",
        Outcome::Failed => "failed",
    };
    let rules: BTreeSet<&str> = report.proof.deciding().map(|reason| reason.rule.id).filter(|id| *id != "evidence").collect();
    let words = [word].into_iter().chain(report.ports.iter().map(String::as_str)).chain(rules);
    words.collect::<Vec<_>>().join(" ")
}

/// The verdict on the service `app` with these lines beside `network_mode: host`.
fn app(lines: &str) -> String {
    app_with(lines, &[])
}

fn app_with(lines: &str, files: &[(&str, &str)]) -> String {
    let indented: String = lines.lines().map(|line| format!("    {line}\n")).collect();
    let text = format!("services:\n  app:\n    network_mode: host\n{indented}");
    let mut all = vec![("compose.yaml", text.as_str())];
    all.extend_from_slice(files);
    verdict(&all, "app")
}

/// Holds each of `cases` (lines of the service, verdict) to its verdict and names all that fail.
fn hold(cases: &[(&str, &str)]) {
    let failed: Vec<String> = cases
        .iter()
        .map(|(lines, expected)| (lines, app(lines), expected))
        .filter(|(_, found, expected)| found != *expected)
        .map(|(lines, found, expected)| format!("{lines}\n  expected: {expected}\n  found:    {found}"))
        .collect();
    assert!(failed.is_empty(), "\n{}", failed.join("\n"));
}

#[test]
fn the_authors_own_lists_say_the_ports() {
    hold(&[
        ("image: example/app\nexpose: [\"8080\", \"9000/udp\"]", "migrate 8080/tcp 9000/udp"),
        ("image: example/app\nports: [\"8081:3000\"]", "migrate 3000/tcp"),
        ("image: example/app\nports: [\"${HOST_SIDE}:3000\"]", "migrate 3000/tcp"),
        ("image: example/app\nports: [\"8081:${INSIDE}\"]", "ask unknown-variable"),
        ("image: example/app # none\n# ports:\n#   - \"8080:3000\"", "review 3000/tcp weak-port"),
    ]);
}

#[test]
fn commands_say_the_ports_of_what_they_run() {
    hold(&[
        ("image: example/app\ncommand: uvicorn app:app --host 0.0.0.0 --port 8001", "migrate 8001/tcp"),
        ("image: example/app\ncommand: sh -c \"alembic upgrade head && exec gunicorn -b 0.0.0.0:5050 app\"", "migrate 5050/tcp"),
        ("image: node:22\ncommand: sh -c \"npm ci && npm run dev -- --host 0.0.0.0 --port 5173\"", "migrate 5173/tcp"),
        ("image: postgres:16\ncommand: -c port=5433", "migrate 5433/tcp"),
        ("image: postgres:16\ncommand: postgres -p 5434", "migrate 5434/tcp"),
        ("image: minio/minio\ncommand: server /data --console-address \":9001\"", "migrate 9000/tcp 9001/tcp"),
        ("image: coredns/coredns\ncommand: [\"-dns.port\", \"1053\"]", "migrate 1053/tcp 1053/udp"),
        ("image: valkey/valkey\ncommand: valkey-server --save 60 1", "migrate 6379/tcp"),
        ("image: example/app\ncommand: python -m http.server 8000 --bind 0.0.0.0", "migrate 8000/tcp"),
        ("image: php:8-cli\ncommand: php -S 0.0.0.0:8099 -t public", "migrate 8099/tcp"),
        ("image: ethereum/client-go\ncommand: --http --http.port 8555", "review 8555/tcp 30303/tcp 30303/udp public-edge"),
        ("image: example/app\ncommand: app --port ${PORT}", "ask unknown-variable"),
        ("image: postgres:16\ncommand: -c port=${PORT}", "ask 5432/tcp unknown-variable"),
    ]);
}

#[test]
fn variables_say_own_ports_and_not_those_of_others() {
    hold(&[
        ("image: example/app\nenvironment: {PORT: 3000}", "migrate 3000/tcp"),
        ("image: example/app\nenvironment: {APP_HTTP_PORT: 3000}", "migrate 3000/tcp"),
        ("image: example/app\nenvironment: {PORT_APP: 3000}", "migrate 3000/tcp"),
        ("image: example/app\nenvironment: {X_WEB_BIND: 0.0.0.0, X_WEB_PORT: 8088, X_WEB_CONTROL_PORT: 8089}", "migrate 8088/tcp 8089/tcp"),
        ("image: example/app\nenvironment: {ASPNETCORE_URLS: \"http://+:5000\"}", "migrate 5000/tcp"),
        ("image: example/app\nenvironment: {DB_PORT: 5432, SMTP_PORT: 25, HTTP_PROXY: \"http://proxy:3128\"}", "ask no-port"),
        ("image: example/app\nenvironment: {SERVER_HOST: api.example.com, SERVER_PORT: 8443}", "ask no-port"),
        ("image: grafana/grafana\nenvironment: {GF_SERVER_HTTP_PORT: 3001}", "migrate 3001/tcp"),
    ]);
}

#[test]
fn probes_and_proxies_say_where_a_service_answers() {
    hold(&[
        ("image: example/app\nhealthcheck: {test: curl -f http://localhost:8080/health}", "migrate 8080/tcp"),
        ("image: example/app\nhealthcheck: {test: [CMD, nc, -z, localhost, \"9083\"]}", "migrate 9083/tcp"),
        ("image: example/app\nhealthcheck: {test: [CMD, /bin/grpc_health_probe, \"-addr=:8002\"]}", "migrate 8002/tcp"),
        ("image: example/app\nlabels: {traefik.http.services.app.loadbalancer.server.port: 3000}", "migrate 3000/tcp"),
        ("image: example/app\nlabels: {caddy.reverse_proxy: \"{{upstreams 3000}}\"}", "migrate 3000/tcp"),
        ("image: example/app\nenvironment: {VIRTUAL_PORT: 3000}", "migrate 3000/tcp"),
    ]);
}

#[test]
fn a_dockerfile_says_the_ports_of_what_it_builds() {
    let built = |lines: &str, dockerfile: &str| app_with(&format!("build: .\n{lines}"), &[("Dockerfile", dockerfile)]);
    assert_eq!(built("", "FROM scratch\nARG PORT=8080\nEXPOSE ${PORT}\n"), "migrate 8080/tcp");
    assert_eq!(built("", "FROM python:3\nCMD [\"uvicorn\", \"app:app\", \"--host=0.0.0.0\", \"--port=8001\"]\n"), "migrate 8001/tcp");
    assert_eq!(built("", "FROM node:22\nENV PORT=3000\nCMD node server.js\n"), "migrate 3000/tcp");
    assert_eq!(built("environment: {PORT: 3001}", "FROM node:22\nENV PORT=3000\nEXPOSE 3000\n"), "migrate 3001/tcp");
    assert_eq!(built("command: gunicorn -b 0.0.0.0:5050 app", "FROM python:3\nEXPOSE 5000\n"), "migrate 5050/tcp");
    assert_eq!(built("", "FROM node:22\nCMD node server.js\n"), "ask no-port");
}

#[test]
fn mounted_configuration_says_where_a_service_listens() {
    let redis = |text: &str| app_with("image: redis\nvolumes: [\"./redis.conf:/etc/redis.conf\"]", &[("redis.conf", text)]);
    assert_eq!(redis("port 6380\n"), "migrate 6380/tcp");
    assert_eq!(redis("port 6380\nbind 127.0.0.1 -::1\n"), "review 6380/tcp loopback-bind");
    let text = "services:\n  app:\n    network_mode: host\n    image: example/app\n    configs: [settings]\nconfigs:\n  settings: {file: settings.toml}\n";
    let listens = [("compose.yaml", text), ("settings.toml", "[rpc]\nlisten = \"0.0.0.0:20090\"\n")];
    assert_eq!(verdict(&listens, "app"), "migrate 20090/tcp");
}

#[test]
fn images_listen_where_their_documentation_says() {
    hold(&[
        ("image: harbor.example/dockerhub/library/redis:7", "migrate 6379/tcp"),
        ("image: ${REGISTRY}/redis:${TAG}", "migrate 6379/tcp"),
        ("image: lscr.io/linuxserver/radarr", "migrate 7878/tcp"),
        ("image: example/app", "ask no-port"),
        ("image: node:22", "ask no-port"),
    ]);
}

#[test]
fn what_only_dials_out_needs_no_port() {
    hold(&[
        ("image: containrrr/watchtower", "migrate"),
        ("image: oryd/hydra\ncommand: migrate sql -e --yes\nenvironment: {DSN: memory}", "migrate"),
        ("image: example/app\ncommand: celery -A app worker\nexpose: []", "migrate"),
        ("image: example/app\nenvironment: {LISTEN: /run/app/app.sock}", "migrate"),
        ("image: example/app\ncommand: sh -c \"curl http://example.com && ./server\"", "ask no-port"),
    ]);
}

#[test]
fn neighbours_hint_at_the_port_of_a_service_that_they_name() {
    let text = |variable: &str| {
        format!(
            "services:\n  web:\n    image: example/web\n    network_mode: host\n    environment:\n      PORT: 3000\n      {variable}: http://localhost:8080\n  \
             payments:\n    image: example/payments\n    network_mode: host\n"
        )
    };
    assert_eq!(verdict(&[("compose.yaml", &text("PAYMENTS_URL"))], "payments"), "review 8080/tcp weak-port");
    assert_eq!(verdict(&[("compose.yaml", &text("SEARCH_URL"))], "payments"), "ask no-port");
}

#[test]
fn services_that_need_the_hosts_network_keep_it() {
    hold(&[
        ("image: example/app\nexpose: [\"1\"]\ncap_add: [NET_ADMIN]", "keep 1/tcp network-capability"),
        ("image: example/app\nexpose: [\"1\"]\ncap_add: [NET_BIND_SERVICE]", "migrate 1/tcp"),
        ("image: example/app\nexpose: [\"1\"]\ndevices: [/dev/net/tun]", "keep 1/tcp network-device"),
        ("image: example/app\nexpose: [\"1\"]\npid: host", "keep 1/tcp host-namespace"),
        ("image: example/app\nexpose: [\"1\"]\nvolumes: [\"/proc:/host/proc:ro\"]", "keep 1/tcp host-view"),
        ("image: example/app\nexpose: [\"1\"]\nvolumes: [\"/etc/localtime:/etc/localtime\"]", "migrate 1/tcp"),
        ("image: example/app\ncommand: sh -c \"ip route add default via 10.0.0.1 && sleep 1\"", "keep network-command"),
        ("image: ghcr.io/home-assistant/home-assistant:stable", "keep 8123/tcp host-need"),
        ("image: example/app\nexpose: [\"5353/udp\"]", "keep 5353/udp discovery-port"),
        ("image: example/app\nenvironment: {PORT: 1, RTP_START: 10000, RTP_END: 20000}", "keep 1/tcp media-range"),
        ("image: example/app\nenvironment: {PORT: 1, RTP_START: 10000, RTP_END: 10010}", "migrate 1/tcp"),
        ("image: example/app\nenvironment: {PORT: 1, MASTER_ADDR: 10.0.0.1, WORLD_SIZE: 4}", "keep 1/tcp cluster-fabric"),
        ("image: example/app\nenvironment: {ROS_DOMAIN_ID: 1}", "keep ros-dds"),
        ("image: example/app\ncommand: roslaunch robot robot.launch", "keep ros-dds"),
        ("image: example/app\ncommand: catkin build\nhealthcheck: {test: ls /opt/ros/noetic}", "migrate"),
    ]);
    let ros = app_with("build: .\nexpose: [\"1\"]", &[("Dockerfile", "ARG DISTRO=humble\nFROM ros:${DISTRO}-base\n")]);
    assert_eq!(ros, "keep 1/tcp host-need");
    let colcon = app_with("build: .\ncommand: colcon build", &[("Dockerfile", "FROM ros:humble\n")]);
    assert_eq!(colcon, "migrate");
}

#[test]
fn a_tunnel_stays_unless_its_target_is_visible() {
    hold(&[("image: cloudflare/cloudflared\ncommand: tunnel run\nenvironment: {TUNNEL_TOKEN: x}", "keep host-need")]);
    let text = "services:\n  web:\n    image: example/web\n    network_mode: host\n    expose: [\"3000\"]\n  \
                app:\n    image: cloudflare/cloudflared\n    network_mode: host\n    command: tunnel --url http://localhost:3000\n";
    assert!(!verdict(&[("compose.yaml", text)], "app").starts_with("keep"));
}

#[test]
fn comments_that_give_a_reason_are_heard() {
    let commented = |comment: &str| {
        let text = format!("services:\n  app:\n    image: redis\n    {comment}\n    network_mode: host\n");
        verdict(&[("compose.yaml", &text)], "app")
    };
    assert_eq!(commented("# needed for mDNS"), "keep 6379/tcp author-comment");
    assert_eq!(commented("# nötig für Multicast"), "keep 6379/tcp author-comment");
    assert_eq!(commented("# Docker's bridge is broken on this machine"), "keep 6379/tcp author-comment");
    assert_eq!(commented("# so that the proxy can reach it"), "review 6379/tcp reachability");
    assert_eq!(commented("# so that nginx on the host can proxy to it"), "review 6379/tcp reachability");
    assert_eq!(commented("# to see real client IPs"), "keep 6379/tcp author-comment");
    assert_eq!(commented("# listens on all interfaces"), "migrate 6379/tcp");
    assert_eq!(commented("# host network"), "migrate 6379/tcp");
    assert_eq!(commented("# no ports needed with host networking"), "migrate 6379/tcp");
    assert_eq!(commented("# network_mode: bridge"), "migrate 6379/tcp");
    assert_eq!(commented("# compose-fix: keep -- LAN only"), "keep 6379/tcp kept");
    let header = "# Host networking so that web can reach RDS\n\nservices:\n  web:\n    image: redis\n    network_mode: host\n  \
                  app:\n    image: postgres\n    network_mode: host\n";
    assert_eq!(verdict(&[("compose.yaml", header)], "app"), "migrate 5432/tcp");
    assert_eq!(verdict(&[("compose.yaml", header)], "web"), "review 6379/tcp reachability");
}

#[test]
fn consequences_that_nobody_can_see_are_left_to_a_person() {
    hold(&[
        ("image: example/app\nexpose: [\"443\"]", "review 443/tcp public-edge"),
        ("image: example/app\nexpose: [\"80\"]\nlabels: {traefik.http.routers.app.rule: Host(`a.example`)}", "migrate 80/tcp"),
        ("image: example/app\nenvironment: {PORT: 1, API_URL: \"http://localhost:9999\"}", "review 1/tcp host-process"),
        ("image: example/app\ncommand: uvicorn app:app", "review 8000/tcp loopback-bind"),
        ("image: example/app\nenvironment: {PORT: 1, HOST: 192.168.1.4}", "review 1/tcp loopback-bind"),
        ("image: mysql/mysql-server", "review 3306/tcp loopback-bind"),
        ("image: mysql/mysql-server\nenvironment: {MYSQL_ROOT_HOST: \"%\"}", "migrate 3306/tcp"),
        ("image: oliver006/redis_exporter", "review 9121/tcp hidden-address"),
        ("image: oliver006/redis_exporter\nenvironment: {REDIS_ADDR: \"redis://cache.example:6379\"}", "migrate 9121/tcp"),
        ("image: rabbitmq", "review 5672/tcp identity"),
        ("image: rabbitmq\nhostname: mq", "migrate 5672/tcp"),
        ("image: mongo\ncommand: mongod --replSet rs0", "review 27017/tcp advertised-address identity"),
        ("image: mongo", "migrate 27017/tcp"),
        ("image: example/app\nenvironment: {PORT: 1, ADVERTISED_HOST: a.example}", "review 1/tcp advertised-address"),
        ("image: example/app\nexpose: [\"1\"]\nprivileged: true", "review 1/tcp privileged"),
        ("image: example/app\nexpose: [\"1\"]\ndeploy: {mode: global}", "review 1/tcp swarm"),
        ("image: example/app\nenvironment: {PORT: 1, BIND_ADDRESS: \"[::]:1\"}", "review 1/tcp ipv6"),
    ]);
    assert!(app("image: postgres\ncommand: -c listen_addresses=127.0.0.1").contains("loopback-bind"));
    assert_eq!(app_with("image: redis\nenv_file: app.env", &[("app.env", "")]), "review 6379/tcp missing-file");
    let nginx = app_with(
        "image: example/app\nexpose: [\"1\"]\nvolumes: [\"./a.conf:/etc/a.conf\"]",
        &[("a.conf", "upstream = http://localhost:9999\n")],
    );
    assert_eq!(nginx, "review 1/tcp config-file");
}

#[test]
fn addresses_inside_an_image_are_hidden() {
    let beside = |app: &str, files: &[(&str, &str)]| {
        let text = format!("services:\n  db:\n    image: postgres\n    network_mode: host\n  app:\n    network_mode: host\n{app}");
        let mut all = vec![("compose.yaml", text.as_str())];
        all.extend_from_slice(files);
        verdict(&all, "app")
    };
    let expose = "    expose: [\"1\"]\n";
    assert_eq!(beside(&format!("    image: example/app\n{expose}    depends_on: [db]\n"), &[]), "review 1/tcp hidden-address");
    assert_eq!(beside(&format!("    image: example/app\n{expose}"), &[]), "review 1/tcp hidden-address");
    assert_eq!(beside(&format!("    image: example/app\n{expose}    environment: {{MODE: standalone}}\n"), &[]), "migrate 1/tcp");
    let named = format!("    image: example/app\n{expose}    depends_on: [db]\n    environment: {{DB: \"postgres://localhost/x\"}}\n");
    assert_eq!(beside(&named, &[]), "migrate 1/tcp");
    let built = format!("    build: .\n{expose}    environment: {{MODE: live}}\n");
    let dockerfile = |line: &str| format!("FROM example/base\n{line}\n");
    assert_eq!(beside(&built, &[("Dockerfile", &dockerfile("ENV DB_URL=postgres://localhost:5432/x"))]), "review 1/tcp hidden-address");
    assert_eq!(beside(&built, &[("Dockerfile", &dockerfile("ENV PUBLIC_URL=http://localhost:1"))]), "migrate 1/tcp");
    assert_eq!(beside(&built, &[("Dockerfile", &dockerfile("CMD [\"app\", \"127.0.0.1:5432\"]"))]), "review 1/tcp hidden-address");
}

#[test]
fn a_postgres_whose_settings_are_replaced_has_to_be_opened_again() {
    let lines = "image: postgres\ncommand: postgres -c config_file=/etc/pg.conf\nvolumes: [\"./pg.conf:/etc/pg.conf\"]";
    assert_eq!(app_with(lines, &[("pg.conf", "max_connections = 30\n")]), "review 5432/tcp loopback-bind");
    assert_eq!(app_with(lines, &[("pg.conf", "listen_addresses = '*'\n")]), "migrate 5432/tcp");
}

#[test]
fn two_claims_on_one_port_are_settled_where_one_is_a_default_only() {
    let text = "services:\n  db:\n    image: postgres\n    network_mode: host\n    ports: [\"5432:5432\"]\n  \
                pool:\n    image: edoburu/pgbouncer\n    network_mode: host\n    environment: {DATABASE_URL: \"postgres://localhost/x\"}\n";
    assert_eq!(verdict(&[("compose.yaml", text)], "db"), "migrate 5432/tcp");
    assert_eq!(verdict(&[("compose.yaml", text)], "pool"), "ask 5432/tcp port-conflict");
}

#[test]
fn the_host_by_its_own_name_is_looked_at_first() {
    let two = |target: &str, more: &str| {
        let text = format!(
            "services:\n  store:\n    image: redis\n    network_mode: host\n  app:\n    image: example/app\n    network_mode: host\n    \
             environment: {{PORT: 3000, STORE: \"{target}\"}}\n{more}"
        );
        verdict(&[("compose.yaml", text.as_str())], "app")
    };
    assert_eq!(two("redis://nas:6379/0", ""), "review 3000/tcp unclear-address");
    // A service's name will resolve, a name in `extra_hosts` is said in the file, and another port is another machine's.
    assert_eq!(two("redis://store:6379/0", ""), "migrate 3000/tcp");
    assert_eq!(two("redis://nas:6379/0", "    extra_hosts: [\"nas:192.0.2.7\"]\n"), "migrate 3000/tcp");
    assert_eq!(two("redis://nas:6380/0", ""), "migrate 3000/tcp");
}
