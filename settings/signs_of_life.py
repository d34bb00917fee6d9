"""What the worker and the beat write into Redis while they are at work, for whoever asks whether they are."""

from __future__ import annotations

# Of Redis's databases, the one that holds the orders to the worker.
REDIS_DATABASE = 3
SIGNS_OF_LIFE = {"worker": "groundup:worker", "beat": "groundup:beat"}
