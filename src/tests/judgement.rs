//! Ports of small projects: each source of evidence, with the near miss beside it.

use super::verdict::{app_with, hold, verdict};

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
