"""Tells an operation's rules of shape as one JSON Schema, for editors and for other tools.

It refuses what the provider refuses, as far as JSON Schema can say it, and nothing else: an assertion whose rule is
only a warning is told in a description. Only standard keywords are used, so that strict tools take it too.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote as percent

from ..contracts.loader import load_texts
from .branch import Branch
from .checker import Checker, checker
from .linter.targets import schema_file
from .places import pointer_of

DIALECT = "https://json-schema.org/draft/2020-12/schema"
EXPRESSED = frozenset({"x-unknown-fields", "x-misplaced-fields", "x-forbidden", "x-either"})
"""The `x-` keywords that are wholly said in JSON Schema too."""

_SCHEMES = {"x-http-url": "^[Hh][Tt][Tt][Pp][Ss]?://", "x-public-url": "^[Hh][Tt][Tt][Pp][Ss]://"}
"""What a pattern can say of an address; `x-combined-max-items` is said in part too, of each list by itself."""

_COMBINED = frozenset({"required", "properties", "items", "allOf", "if", "then"})
_EDITOR = {
    "description": "The address of this schema, for editors. steplint takes it off before it checks the payload."
}


def exported_schema(provider: str, operation: str, profile: str = "documented") -> dict[str, Any]:
    """Return the JSON Schema of an operation's payloads; raises ContractError where there is no such operation."""
    check = checker(provider, operation, profile)
    contract, name = check.contract, check.discriminator
    texts = load_texts(provider, profile)[operation]
    root = _Part(check, check.root, texts[""]).whole()
    head = {
        "$schema": DIALECT,
        "$id": schema_file(f"{provider}/{operation}"),
        "title": f"{contract.title}: {check.operation.summary.rstrip('.')}",
        "description": _paragraphs(
            texts[""].get("", ""),
            f"{check.operation.method} {contract.paths[0]}{check.operation.path}, as {contract.title} "
            f"{'documents it' if profile == 'documented' else 'is observed to take it'} "
            f"({check.operation.source.url or check.operation.source.page}).",
            "`steplint explain CODE` tells more of a rule.",
        ),
        "examples": check.examples,
    }
    if not check.branches:
        return {**head, **{key: value for key, value in root.items() if key != "description"}}
    chooser = root["properties"][name]
    chooser["description"] = _paragraphs(chooser.get("description", ""), *_listed(check, texts))
    choices = [(_chosen(name, branch), key) for key, branch in check.branches.items()]
    definitions = {key: _Part(check, branch, texts.get(key, {})).whole() for key, branch in check.branches.items()}
    if name not in root.get("required", ()):
        choices.append(({"not": {"required": [name]}}, f"without {name}"))
        definitions[f"without {name}"] = {**root, "title": f"without {name}"}
    return {
        **head,
        "type": "object",
        **({"required": root["required"]} if "required" in root else {}),
        "properties": {"$schema": _EDITOR, name: chooser},
        "allOf": [
            {"if": condition, "then": {"$ref": f"#{percent(pointer_of(('$defs', key)), safe='/$~')}"}}
            for condition, key in choices
        ],
        "$defs": definitions,
    }


def _chosen(name: str, branch: Branch) -> dict[str, Any]:
    """Return the condition under which a payload belongs to a branch."""
    values = list(branch.spellings)
    return {"properties": {name: {"const": values[0]} if len(values) == 1 else {"enum": values}}, "required": [name]}


def _listed(check: Checker, texts: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    """Yield a line for each branch: the values that choose it, and what it is."""
    for key, branch in check.branches.items():
        values = [json.dumps(value) for value in branch.spellings if value != key]
        name = key if key in branch.spellings else f"{values.pop(0)} ({key})"
        also = f" (also {', '.join(values)})" if values else ""
        yield f"{name}{also}: {texts.get(key, {}).get('', '')}".rstrip(": ")


class _Part:
    """One branch, or the whole of an undivided schema, on its way to a JSON Schema with descriptions."""

    def __init__(self, check: Checker, branch: Branch, texts: Mapping[str, str]) -> None:
        self._rules = check.contract.rules
        self._check = check
        self._branch = branch
        self._texts = texts
        self._codes: dict[tuple[str, ...], dict[str, None]] = {}
        for path, code in branch.codes.items():
            where, keyword = _place_of(path)
            if keyword != "type":
                self._codes.setdefault(where, {})[code] = None

    def whole(self) -> dict[str, Any]:
        """Return the schema of the branch."""
        result = self._schema(self._branch.schema, "", ())
        for name, value in self._branch.defaults.items():
            result["properties"][name]["default"] = value
        result["properties"] = {"$schema": _EDITOR, **result.get("properties", {})}
        if self._branch.name:
            chooser = result["properties"][self._branch.discriminator]
            result["properties"][self._branch.discriminator] = {"description": self._text(()), **chooser}
            return {"title": self._branch.name, **result}
        return result

    def _is_error(self, code: str | None) -> bool:
        return code is None or self._rules[code].severity == "error"

    def _schema(self, schema: Mapping[str, Any], path: str, where: tuple[str, ...]) -> dict[str, Any]:
        """Return what a schema asserts with rules that are errors, described, and with the checks at its place."""
        result = self._asserted(schema, path, where)
        for keyword, place, parameter, code in self._branch.checks:
            if tuple(place) != where:
                continue
            if keyword == "x-forbidden" and self._is_error(code):
                return _refused(self._text(where))
            if keyword == "x-either" and self._is_error(code):
                result["oneOf"] = parameter
            elif keyword in _SCHEMES and self._is_error(code):
                result.setdefault("pattern", _SCHEMES[keyword])
            elif keyword == "x-combined-max-items" and self._is_error(code):
                for name in parameter["properties"]:
                    result["properties"][name].setdefault("maxItems", parameter["maximum"])
            elif keyword == "x-unknown-fields":
                self._close(result, where, parameter, code)
            elif keyword == "x-misplaced-fields":
                self._place(result, parameter, code)
        text = self._text(where)
        return {"description": text, **result} if text else result

    def _asserted(self, schema: Mapping[str, Any], path: str, where: tuple[str, ...]) -> dict[str, Any]:
        codes = self._branch.codes
        result = {
            keyword: value
            for keyword, value in schema.items()
            if keyword not in _COMBINED and self._is_error(codes.get(path + keyword))
        }
        required = [name for name in schema.get("required", ()) if self._is_error(codes.get(f"{path}required/{name}"))]
        if required:
            result["required"] = required
        is_part = path != _path_of(where)
        if "properties" in schema:
            result["properties"] = {
                name: (self._asserted if is_part else self._schema)(child, f"{path}properties/{name}/", (*where, name))
                for name, child in schema["properties"].items()
            }
        if "items" in schema:
            follow = self._asserted if is_part else self._schema
            result["items"] = follow(schema["items"], f"{path}items/", (*where, "*"))
        if "allOf" in schema:
            result["allOf"] = [
                self._asserted(child, f"{path}allOf/{index}/", where) for index, child in enumerate(schema["allOf"])
            ]
        if "if" in schema:
            result["if"] = schema["if"]
            result["then"] = self._asserted(schema.get("then", {}), f"{path}then/", where)
        return result

    def _close(self, result: dict[str, Any], where: tuple[str, ...], named: Mapping[str, str], code: str) -> None:
        """Refuse unknown fields where that is an error; `named` are those with a rule of their own."""
        properties = result.setdefault("properties", {})
        known = self._branch.all_fields if not where else frozenset(properties)
        if self._is_error(code):
            result["additionalProperties"] = False
            properties.update({name: {} for name in sorted(known) if name not in properties})
        for name, own in named.items():
            if name not in known and self._is_error(own):
                properties[name] = _refused(self._rule(own))
            elif name not in known:
                properties[name] = {"description": self._rule(own)}

    def _place(self, result: dict[str, Any], named: Mapping[str, str], code: str) -> None:
        """Tell of fields of other branches, and refuse them where that is an error."""
        for name in sorted(self._branch.all_fields - self._branch.own_fields):
            own = named.get(name, code)
            if self._is_error(own):
                result.setdefault("properties", {})[name] = _refused(self._rule(own))
            elif name in result.get("properties", {}):
                result["properties"][name] = {"description": self._rule(own)}

    def _text(self, where: tuple[str, ...]) -> str:
        """Return what an editor shows at a place: what it is, and which rules it is held to."""
        checks = [(keyword, code) for keyword, place, _, code in self._branch.checks if tuple(place) == where]
        said = self._codes.get(where, {}) | {
            code: None for keyword, code in checks if keyword in ("x-forbidden", "x-either")
        }
        also = {code: None for keyword, code in checks if keyword not in EXPRESSED and code not in said}
        return _paragraphs(
            self._texts.get("/".join(where), ""),
            *(self._rule(code) for code in said),
            *(f"Also checked by steplint: {self._rule(code)}" for code in also),
        )

    def _rule(self, code: str) -> str:
        rule = self._rules[code]
        return f"{code}{'' if rule.severity == 'error' else f' ({rule.severity})'}: {rule.meaning}"


def _refused(text: str) -> dict[str, Any]:
    return {"description": text, "not": {}}


def _paragraphs(*texts: str) -> str:
    return "\n\n".join(text for text in texts if text)


def _path_of(where: tuple[str, ...]) -> str:
    """Return the path that leads to a place in a schema without conditions."""
    return "".join("items/" if token == "*" else f"properties/{token}/" for token in where)


def _place_of(path: str) -> tuple[tuple[str, ...], str]:
    """Return the place that a coded assertion is about, and its keyword."""
    where: list[str] = []
    tokens = iter(path.split("/"))
    for token in tokens:
        if token == "properties":
            where.append(next(tokens))
        elif token == "items":
            where.append("*")
        elif token == "required":
            return (*where, next(tokens)), token
        elif token == "allOf":
            next(tokens)
        elif token != "then":
            return tuple(where), token
    raise AssertionError(f"{path} names no assertion")
