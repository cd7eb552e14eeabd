"""The part of JSON Schema (2020-12) that the schemas in docs/ use: enough to hold real output against them."""

import json
import re

from support import ROOT

TIME = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$")
KNOWN = {"$schema", "$id", "$defs", "$ref", "title", "description", "type", "required", "properties",
         "additionalProperties", "items", "enum", "const", "anyOf", "oneOf", "pattern", "format", "minimum"}
TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}


class Schemas:
    def __init__(self):
        self.by_id = {}
        for path in sorted((ROOT / "docs").glob("*.schema.json")):
            schema = json.loads(path.read_text())
            self.by_id[schema["$id"]] = schema

    def problems(self, name, value):
        root = self.by_id[f"urn:medverka:schema:{name}:v1"]
        return list(self._check(root, root, value, name))

    def _resolve(self, root, reference):
        base, _, path = reference.partition("#")
        root = self.by_id[base] if base else root
        schema = root
        for part in path.strip("/").split("/"):
            schema = schema[part]
        return root, schema

    def _check(self, root, schema, value, at):
        if schema is False:
            yield f"{at}: not allowed"
            return
        unknown = set(schema) - KNOWN
        if unknown:
            raise ValueError(f"{at}: schema.py does not know {unknown}")
        if "$ref" in schema:
            yield from self._check(*self._resolve(root, schema["$ref"]), value, at)
        types = schema.get("type")
        if types and not any(self._is(one, value) for one in ([types] if isinstance(types, str) else types)):
            yield f"{at}: {value!r} is no {types}"
            return
        if "enum" in schema and value not in schema["enum"] or "const" in schema and value != schema["const"]:
            yield f"{at}: {value!r} is not one of {schema.get('enum', schema.get('const'))}"
        if "pattern" in schema and not re.search(schema["pattern"], value):
            yield f"{at}: {value!r} does not match {schema['pattern']}"
        if schema.get("format") == "date-time" and not TIME.match(value):
            yield f"{at}: {value!r} is no time in UTC"
        if "minimum" in schema and value < schema["minimum"]:
            yield f"{at}: {value} is below {schema['minimum']}"
        for word, wanted in (("anyOf", lambda n: n >= 1), ("oneOf", lambda n: n == 1)):
            if word in schema:
                fitting = sum(not list(self._check(root, one, value, at)) for one in schema[word])
                if not wanted(fitting):
                    yield f"{at}: {fitting} of {word} fit {value!r}"
        if isinstance(value, dict):
            yield from self._members(root, schema, value, at)
        if isinstance(value, list) and "items" in schema:
            for index, item in enumerate(value):
                yield from self._check(root, schema["items"], item, f"{at}[{index}]")

    def _members(self, root, schema, value, at):
        for name in schema.get("required", []):
            if name not in value:
                yield f"{at}: {name} is missing"
        properties = schema.get("properties", {})
        for name, member in value.items():
            if name in properties:
                yield from self._check(root, properties[name], member, f"{at}.{name}")
            elif "additionalProperties" in schema:
                yield from self._check(root, schema["additionalProperties"], member, f"{at}.{name}")

    @staticmethod
    def _is(name, value):
        if name == "integer":
            return isinstance(value, int) and not isinstance(value, bool)
        return isinstance(value, TYPES[name])
