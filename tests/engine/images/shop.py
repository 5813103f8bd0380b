"""A small shop: each path of it calls one of the services behind it, and says what that answered."""

import os
import socket
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlparse

import psycopg2
import redis


def store():
    if "REDIS_URL" in os.environ:
        return redis.Redis.from_url(os.environ["REDIS_URL"], decode_responses=True)
    return redis.Redis(os.environ["REDIS_HOST"], int(os.environ["REDIS_PORT"]), decode_responses=True)


def visits():
    return f"visits={store().incr('visits')}"


def orders():
    with psycopg2.connect(os.environ["DATABASE_URL"]) as connection, connection.cursor() as cursor:
        cursor.execute("create table if not exists orders (id serial)")
        cursor.execute("insert into orders default values returning id")
        return f"orders={cursor.fetchone()[0]}"


def upstream():
    with urllib.request.urlopen(os.environ["UPSTREAM_URL"], timeout=5) as answer:
        return "upstream=" + answer.read().decode().strip()


def job():
    queue = store()
    queue.delete("done")
    queue.rpush("jobs", "parcel")
    done = queue.blpop(["done"], timeout=5)
    return f"done={done[1] if done else None}"


def broker():
    """Opens a session with an MQTT broker."""
    url = urlparse(os.environ["MQTT_URL"])
    with socket.create_connection((url.hostname, url.port), timeout=5) as connection:
        connection.sendall(b"\x10\x10\x00\x04MQTT\x04\x02\x00\x3c\x00\x04shop")
        return f"connack={connection.recv(4).hex()}"


PATHS = {"/visits": visits, "/orders": orders, "/upstream": upstream, "/job": job, "/broker": broker}


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        try:
            status, text = 200, PATHS.get(self.path, lambda: "hello from " + os.environ.get("NAME", "shop"))()
        except Exception as error:
            status, text = 502, f"{type(error).__name__}: {error}"
        self.send_response(status)
        self.end_headers()
        self.wfile.write(text.encode() + b"\n")

    def log_message(self, *_):
        pass


ThreadingHTTPServer((os.environ.get("HOST", "0.0.0.0"), int(os.environ.get("PORT", "8080"))), Handler).serve_forever()
