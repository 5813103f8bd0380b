"""Takes parcels from a queue and says that they are done. It serves nothing."""

import os
import time

import redis

while True:
    try:
        queue = redis.Redis.from_url(os.environ["REDIS_URL"], decode_responses=True)
        while True:
            _, parcel = queue.blpop(["jobs"])
            queue.rpush("done", parcel + " sent")
    except redis.ConnectionError:
        time.sleep(0.2)
