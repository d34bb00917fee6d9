"""Starts bqemulator as `bqemulator start` does, where no network is. Run by its own environment, .venv-bqemulator.

Three things of it are put right here: it downloads DuckDB's `spatial` extension at start, for types that we don't have;
it refuses the media type under which the client library uploads; and it takes `@name` in a comment for a parameter.
"""

import re

from bqemulator.api.routes import upload
from bqemulator.cli import main
from bqemulator.storage.engine import DuckDBEngine
from starlette.requests import Request


async def json_without_comments(self):
    body = await whole_json(self)
    query = body.get("configuration", {}).get("query", {})
    if "query" in query:
        query["query"] = re.sub(r"--[^\n]*", "", query["query"])
    return body


whole_json = Request.json
Request.json = json_without_comments
DuckDBEngine._load_spatial = lambda self: None
DuckDBEngine._load_format_extensions = lambda self: None
upload._PERMITTED_MEDIA_CONTENT_TYPES = (*upload._PERMITTED_MEDIA_CONTENT_TYPES, "*/*")
main()
