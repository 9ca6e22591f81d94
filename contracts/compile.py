"""Turns a contract document into the form that is loaded at run time.

Compiling checks the vocabulary, resolves every reference, keeps of each request schema only what asserts
something, and notes beside it which rule each assertion belongs to. The result is plain JSON, so that a
start costs one `json.loads` and no YAML. `python -m stepmock.contracts.compile` rewrites the shipped ones.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from .model import PROFILES
from .references import Resolver
from .skeleton import METHODS
from .source import Document, escape, with_profile
from .texts import compile_texts
from .vocabulary import ANNOTATIONS, ASSERTIONS, VOCABULARY
from .wellformed import check_document

_CHOICE = frozenset({"type", "required", "properties", "items"})
_PLAIN = ASSERTIONS - {"items", "properties", "if", "then", "allOf"}


def compile_contract(path: Path, profile: str) -> dict[str, Any]:
    """Return the compiled form of the contract at `path` as `profile` reads it.

    Raises ContractError, with file and line, for anything that the vocabulary does not allow.
    """
    document = with_profile(path, profile)
    check_document(document)
    data = document.data
    provider = data["x-provider"]
    servers = [urlsplit(server["url"]) for server in data["servers"]]
    scheme = Resolver(document).follow({"$ref": f"#/components/securitySchemes/{next(iter(data['security'][0]))}"})
    compiled = {
        "format": 1,
        "provider": provider["name"],
        "title": provider["title"],
        "profile": profile,
        "host": servers[0].hostname,
        "paths": [server.path for server in servers],
        "trailing_slash": "trailing-slash" in provider,
        "sentences": provider.get("sentences", "plain"),
        "parses_first": "parses" in provider,
        "credential": {key: scheme[key] for key in ("type", "scheme", "in", "name") if key in scheme}
        | {key.replace("-", "_"): value for key, value in scheme.get("x-credential", {}).items()},
        "pages": data["x-pages"],
        "rate_limit": _rate_limit(data.get("x-rate-limit")),
        "identifiers": _identifiers(data["components"]["schemas"]),
        "body_rules": data["x-body-rules"] | ({"empty": provider["empty-body"]} if "empty-body" in provider else {}),
        "rules": {code: {"refusal": "invalid-payload", "says": "", **rule} for code, rule in data["x-rules"].items()},
        "refusals": {
            name: {key.replace("-", "_"): value for key, value in refusal.items()}
            for name, refusal in data["x-refusals"].items()
        },
        "behaviours": {
            name: {"topic": entry["topic"], "source": entry["source"], **entry[profile]}
            for name, entry in data["x-behaviours"].items()
        },
        "resources": data["x-resources"],
        "timeline": data.get("x-timeline"),
        "operations": dict(_operations(document)),
    }
    _every_rule_is_used(document, compiled)
    return compiled


def _rate_limit(limit: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if limit is None:
        return None
    return {
        "requests": limit["requests"],
        "window_seconds": limit["window-seconds"],
        "headers": limit["headers"],
        "refusal_headers": limit.get("refusal-headers", {}),
    }


def _identifiers(schemas: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    forms = (schema["x-identifier"] for schema in schemas.values() if "x-identifier" in schema)
    return {form["kind"]: form for form in forms}


def _operations(document: Document) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, item in document.data["paths"].items():
        for method in METHODS:
            if method not in item:
                continue
            operation = item[method]
            pointer = f"/paths/{escape(path)}/{method}"
            resolver = Resolver(document)
            parameters = [
                resolver.follow(entry) for entry in (*item.get("parameters", []), *operation.get("parameters", []))
            ]
            body = operation.get("requestBody")
            yield (
                operation["operationId"],
                {
                    "method": method.upper(),
                    "path": path,
                    "summary": operation["summary"],
                    "source": operation["x-source"],
                    "missing_credentials": operation.get("x-missing-credentials", ""),
                    "status": int(min(status for status in operation["responses"] if status.startswith("2"))),
                    "path_schemas": {
                        entry["name"]: resolver.follow(entry["schema"]) for entry in parameters if entry["in"] == "path"
                    },
                    "query": {
                        entry["name"]: resolver.follow(entry["schema"])
                        for entry in parameters
                        if entry["in"] == "query"
                    },
                    "statuses": _statuses(operation["responses"]),
                    "step_type": operation.get("x-step-type", ""),
                    "checks": _checks(document, body, f"{pointer}/requestBody") if body else None,
                    "example": _example(resolver, operation["responses"]),
                    "replay": operation.get("x-replay"),
                },
            )


def _statuses(responses: Mapping[str, Any]) -> list[int]:
    """Return the statuses that an operation may answer; an empty list where it names none but by range or default."""
    return sorted(map(int, responses)) if all(status.isdecimal() for status in responses) else []


def _example(resolver: "Resolver", responses: Mapping[str, Any]) -> Any:
    """Return the example of the first successful response; an empty object where it shows none."""
    first = resolver.follow(responses[min(status for status in responses if status.startswith("2"))])
    return first.get("content", {}).get("application/json", {}).get("example", {})


def _checks(document: Document, body: Mapping[str, Any], pointer: str) -> dict[str, Any]:
    media = body["content"]["application/json"]
    resolver = Resolver(document)
    schema = resolver.follow(media["schema"])
    discriminator = schema.get("discriminator", {})
    branches = resolver.branches(schema)
    shape = _Shape(document, resolver, pointer)
    root = shape.branch({key: value for key, value in schema.items() if key not in ("oneOf", "discriminator")})
    compiled = {name: shape.branch(branch, discriminator["propertyName"]) for name, branch in branches.items()}
    fields = sorted({field for branch in (*compiled.values(), root) for field in branch["fields"]})
    return {
        "discriminator": discriminator.get("propertyName"),
        "root": root,
        "branches": compiled,
        "fields": fields,
        "examples": [example["value"] for example in media["examples"].values()],
    }


class _Shape:
    """Splits a request schema into what JSON Schema asserts, which rule each assertion has, and the `x-` checks."""

    def __init__(self, document: Document, resolver: Resolver, pointer: str) -> None:
        self._document = document
        self._resolver = resolver
        self._pointer = pointer
        self._meant: list[list[Any]] = []

    def branch(self, schema: Mapping[str, Any], discriminator: str = "") -> dict[str, Any]:
        codes: dict[str, str] = {}
        checks: list[list[Any]] = []
        self._meant = []
        assertions = self._split(schema, "", [], codes, checks, discriminator)
        fields = {name: self._resolver.follow(field) for name, field in schema.get("properties", {}).items()}
        defaults = {name: field["default"] for name, field in fields.items() if "default" in field}
        return {
            "schema": assertions,
            "codes": codes,
            "checks": checks,
            "fields": list(fields),
            "defaults": defaults,
            "meant": self._meant,
        }

    def _split(
        self,
        schema: Mapping[str, Any],
        path: str,
        where: list[Any],
        codes: dict[str, str],
        checks: list[list[Any]],
        discriminator: str,
    ) -> dict[str, Any]:
        schema = self._resolver.follow(schema)
        rules = schema.get("x-rule", {})
        kept: dict[str, Any] = {key: value for key, value in schema.items() if key in _PLAIN}
        for keyword in kept:
            if keyword == "required":
                self._members(schema, path, codes, discriminator)
            elif not (
                keyword == "const"
                or (keyword == "type" and not where)
                or (discriminator and where == [discriminator])  # it chose the branch, so it fits
                or _is_condition(path)
            ):
                codes[path + keyword] = self._code(rules, keyword, path)
        for keyword, value in schema.items():
            if keyword == "x-when-fact":
                checks.extend(
                    [keyword, where, {key: part for key, part in entry.items() if key != "rule"}, entry["rule"]]
                    for entry in value
                )
            elif keyword == "x-either":
                choices = [self._choice(choice) for choice in schema.get("oneOf", [])]
                checks.append([keyword, where, choices, self._code(rules, keyword, path)])
                kept["properties"] = {name: {} for choice in choices for name in choice.get("properties", {})}
            elif keyword == "x-meant-fields":
                self._meant.append([where, value])
            elif keyword in VOCABULARY and VOCABULARY[keyword].needs_rule:
                checks.append([keyword, where, value, self._code(rules, keyword, path)])
        if "properties" in schema:
            kept["properties"] = {
                name: self._split(child, f"{path}properties/{name}/", [*where, name], codes, checks, discriminator)
                for name, child in schema["properties"].items()
            }
        if "items" in schema:
            kept["items"] = self._split(schema["items"], f"{path}items/", [*where, "*"], codes, checks, discriminator)
        for index, child in enumerate(schema.get("allOf", ())):
            part = self._split(child, f"{path}allOf/{index}/", where, codes, checks, discriminator)
            kept.setdefault("allOf", []).append(part)
        for keyword in ("if", "then"):
            if keyword in schema:
                kept[keyword] = self._split(schema[keyword], f"{path}{keyword}/", where, codes, checks, discriminator)
        return kept

    def _choice(self, schema: Mapping[str, Any]) -> dict[str, Any]:
        """Return what one schema of an `x-either` asserts, its references resolved."""
        schema = self._resolver.follow(schema)
        if strange := set(schema) - _CHOICE - ANNOTATIONS:
            raise self._document.error(self._pointer, f"An x-either cannot choose by {', '.join(sorted(strange))}")
        kept: dict[str, Any] = {key: schema[key] for key in ("type", "required") if key in schema}
        if "properties" in schema:
            kept["properties"] = {name: self._choice(child) for name, child in schema["properties"].items()}
        if "items" in schema:
            kept["items"] = self._choice(schema["items"])
        return kept

    def _members(self, schema: Mapping[str, Any], path: str, codes: dict[str, str], discriminator: str) -> None:
        if _is_condition(path):
            return
        whole = schema.get("x-rule", {}).get("required")
        for name in schema["required"]:
            if name == discriminator:
                continue
            member = self._resolver.follow(schema.get("properties", {}).get(name, {}))
            code = whole or member.get("x-rule", {}).get("missing")
            codes[f"{path}required/{name}"] = self._code({"missing": code} if code else {}, "missing", f"{path}{name}/")

    def _code(self, rules: Mapping[str, str], keyword: str, path: str) -> str:
        if keyword not in rules:
            raise self._document.error(self._pointer, f'"{path}{keyword}" has no rule code; name one in `x-rule`')
        return rules[keyword]


def _is_condition(path: str) -> bool:
    """Return whether a path of a schema lies within an `if`, which asserts nothing; a property may have that name."""
    tokens = iter(path.split("/"))
    for token in tokens:
        if token == "if":
            return True
        if token == "properties":
            next(tokens, None)
    return False


def _every_rule_is_used(document: Document, compiled: Mapping[str, Any]) -> None:
    used = set(document.data["x-body-rules"].values())
    for operation in compiled["operations"].values():
        checks = operation["checks"]
        for branch in [checks["root"], *checks["branches"].values()] if checks else []:
            used.update(branch["codes"].values())
            for keyword, _, value, code in branch["checks"]:
                used.add(code)
                used.update(value.values() if keyword in ("x-misplaced-fields", "x-unknown-fields") else ())
    for code in compiled["rules"]:
        if code not in used:
            raise document.error(f"/x-rules/{code}", f"{code} is declared, but no assertion names it")


def main() -> int:
    """Rewrite the compiled form of every contract beside this module; with `--check`, only compare."""
    folder = Path(__file__).parent
    stale = []
    for path in sorted(folder.glob("*.yaml")):
        if "." in path.stem:
            continue
        for profile in PROFILES:
            name = f"{path.stem}.{profile}.json"
            compiled = {
                folder / "compiled" / name: compile_contract(path, profile),
                folder / "compiled" / "texts" / name: compile_texts(path, profile),
            }
            for target, form in compiled.items():
                text = json.dumps(form, ensure_ascii=False, separators=(",", ":")) + "\n"
                if "--check" not in sys.argv:
                    target.parent.mkdir(exist_ok=True)
                    target.write_text(text, encoding="utf-8")
                elif not target.exists() or target.read_text(encoding="utf-8") != text:
                    stale.append(str(target.relative_to(folder)))
    if stale:
        print(f"Out of date: {', '.join(stale)}. Run: python -m stepmock.contracts.compile", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
