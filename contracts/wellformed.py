"""Checks a contract document against the vocabulary, before anything is made of it."""

from collections.abc import Iterator, Mapping
from typing import Any

from .errors import nearest
from .skeleton import METHODS, SKELETON
from .source import Document, escape
from .vocabulary import ANNOTATIONS, ASSERTIONS, NAME_MAPS, RESPONSE_ONLY, VOCABULARY

_OPAQUE = frozenset({"example", "default", "const", "enum", "value"})
_REQUIRED_ROOT = (
    "x-provider",
    "x-pages",
    "x-rules",
    "x-body-rules",
    "x-refusals",
    "x-behaviours",
    "x-resources",
)
_NEEDED_REFUSALS = (
    "unauthorized",
    "rate-limited",
    "invalid-payload",
    "method-not-allowed",
    "body-too-large",
    "bad-params",
    "unknown-path",
    "unsupported-media-type",
    "too-many-worlds",
)
_SCHEMA_WORDS = ASSERTIONS | ANNOTATIONS | RESPONSE_ONLY


def check_document(document: Document) -> None:
    """Raise ContractError at the first thing that the vocabulary does not allow."""
    for key in _REQUIRED_ROOT:
        if key not in document.data:
            raise document.error("", f"The contract has no {key}")
    _check_skeleton(document)
    for place, pointer, mapping in _mappings(document.data):
        for key, value in mapping.items():
            child = f"{pointer}/{escape(str(key))}"
            if isinstance(key, str) and key.startswith("x-"):
                _check_keyword(document, place, key, value, child)
            elif place == "schema" and key not in _SCHEMA_WORDS:
                raise document.error(
                    child,
                    f'"{key}" is no schema keyword that stepmock knows.'
                    + nearest(str(key), _SCHEMA_WORDS | set(VOCABULARY)),
                )
        if isinstance(target := mapping.get("$ref"), str):
            _check_reference(document, f"{pointer}/$ref", target)
        if place == "operation":
            for key in ("operationId", "summary", "x-source", "responses"):
                if key not in mapping:
                    raise document.error(pointer, f"The operation has no {key}")
            if not any(status.startswith("2") for status in mapping["responses"]):
                raise document.error(f"{pointer}/responses", "The operation has no reply of success, such as 200")
    _check_names(document)


def _check_skeleton(document: Document) -> None:
    """Raise ContractError where the document is no OpenAPI document that can be walked over."""
    import jsonschema_rs

    for error in jsonschema_rs.Draft202012Validator(dict(SKELETON)).iter_errors(document.data):
        pointer = "".join(f"/{escape(str(token))}" for token in error.instance_path)
        raise document.error(pointer, f"This is no OpenAPI 3.1 as contracts need it: {error.message[:200]}.")
    name, known = next(iter(document.data["security"][0])), document.data["components"]["securitySchemes"]
    if name not in known:
        raise document.error("/security/0", f'There is no security scheme "{name}".' + nearest(name, known))


def _mappings(data: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Yield each mapping whose keys are keywords, with the kind of place that it is."""
    stack: list[tuple[str, str, Any]] = [("root", "", data)]
    while stack:
        place, pointer, value = stack.pop()
        if isinstance(value, list):
            stack.extend((place, f"{pointer}/{index}", item) for index, item in enumerate(value))
        if not isinstance(value, dict):
            continue
        yield place, pointer, value
        for key, child in value.items():
            if key in _OPAQUE or str(key).startswith("x-") or (key == "examples" and place == "schema"):
                continue
            below = _place_of(key, place, pointer)
            at = f"{pointer}/{escape(str(key))}"
            if key in NAME_MAPS and isinstance(child, dict):
                inner = {"schemas": "schema", "properties": "schema", "securitySchemes": "scheme"}.get(key, "part")
                if key != "mapping":
                    stack.extend((inner, f"{at}/{escape(str(name))}", item) for name, item in child.items())
            else:
                stack.append((below, at, child))


def _place_of(key: str, place: str, pointer: str) -> str:
    if key in METHODS and pointer.startswith("/paths/"):
        return "operation"
    if key in ("schema", "items", "if", "then", "additionalProperties") or (
        key in ("oneOf", "allOf") and place == "schema"
    ):
        return "schema"
    return "part"


def _check_keyword(document: Document, place: str, key: str, value: Any, pointer: str) -> None:
    import jsonschema_rs

    if key not in VOCABULARY:
        raise document.error(pointer, f'"{key}" is not in the vocabulary.' + nearest(key, VOCABULARY))
    keyword = VOCABULARY[key]
    if keyword.place != place:
        raise document.error(pointer, f'"{key}" stands in a {place}; its place is a {keyword.place}')
    for error in jsonschema_rs.Draft202012Validator(dict(keyword.value)).iter_errors(value):
        deep = pointer + "".join(f"/{escape(str(token))}" for token in error.instance_path)
        name = getattr(error.kind, "property", "")
        names = _names_at(keyword.value, len(error.instance_path))
        unknown = list(getattr(error.kind, "unexpected", []))
        raise document.error(
            f"{deep}/{escape(name)}" if name else deep,
            f"{key}: {error.message}." + "".join(nearest(key, names) for key in unknown),
        )


def _check_reference(document: Document, pointer: str, target: str) -> None:
    found: Any = document.data
    for token in target.removeprefix("#/").split("/"):
        if not isinstance(found, dict) or token not in found:
            known = found if isinstance(found, dict) else {}
            raise document.error(pointer, f"Nothing stands at {target}." + nearest(token, known))
        found = found[token]


def _names_at(schema: Any, depth: int) -> Mapping[str, Any]:
    """Return the names that a keyword's value may use, so many levels down; tables of records have one level more."""
    for _ in range(depth):
        inner = schema.get("additionalProperties") if isinstance(schema, Mapping) else None
        schema = inner if isinstance(inner, dict) else schema
    return schema.get("properties", {}) if isinstance(schema, Mapping) else {}


def _check_names(document: Document) -> None:
    """Every code, page, refusal and resource that is named exists."""
    data = document.data
    prefix = data["x-provider"]["rule-prefix"]
    for code, rule in data["x-rules"].items():
        if not (code.startswith(prefix) and code[len(prefix) :].isdigit() and len(code) == len(prefix) + 3):
            raise document.error(f"/x-rules/{code}", f"A rule code is {prefix} and three digits")
        if (refusal := rule.get("refusal", "invalid-payload")) not in data["x-refusals"]:
            raise document.error(
                f"/x-rules/{code}/refusal", f'There is no refusal "{refusal}".' + nearest(refusal, data["x-refusals"])
            )
    for name in _NEEDED_REFUSALS:
        if name not in data["x-refusals"]:
            raise document.error("/x-refusals", f'The refusal "{name}" is missing')
    for _, pointer, mapping in _mappings(data):
        for name in mapping.get("x-rule", {}):
            if name != "missing" and name not in mapping:
                raise document.error(f"{pointer}/x-rule", f'`x-rule` names "{name}", which does not stand beside it.')
    for pointer, code in _codes(data):
        if code not in data["x-rules"]:
            raise document.error(pointer, f'There is no rule "{code}".' + nearest(code, data["x-rules"]))
    for pointer, source in _sources(data, ""):
        if source["page"] not in data["x-pages"]:
            raise document.error(
                pointer, f'There is no page "{source["page"]}".' + nearest(source["page"], data["x-pages"])
            )
    _check_facts(document)
    _check_faults(document)
    for kind, entry in data["x-resources"].items():
        for field, target in entry.get("refers", {}).items():
            if target not in data["x-resources"]:
                raise document.error(
                    f"/x-resources/{kind}/refers/{escape(field)}",
                    f'There is no resource "{target}".' + nearest(target, data["x-resources"]),
                )
        for field in entry.get("holds", {}):
            if field not in entry.get("refers", {}):
                raise document.error(
                    f"/x-resources/{kind}/holds/{escape(field)}",
                    f'The field "{field}" refers to no resource.' + nearest(field, entry.get("refers", {})),
                )
    _check_timeline(document)
    for path, item in data["paths"].items():
        for method in METHODS:
            if "x-replay" in item.get(method, {}):
                _check_replay(document, path, f"/paths/{escape(path)}/{method}/x-replay", item[method]["x-replay"])


def _check_facts(document: Document) -> None:
    """Every fact that a rule asks for, or whose values are listed, is one of the credential, and may have the value."""
    facts: dict[str, list[str] | None] = {}
    for name, scheme in document.data["components"].get("securitySchemes", {}).items():
        credential = scheme.get("x-credential", {})
        facts |= dict.fromkeys(credential.get("facts", {}))
        for fact, values in credential.get("fact-values", {}).items():
            if fact not in facts:
                raise document.error(
                    f"/components/securitySchemes/{escape(name)}/x-credential/fact-values/{escape(fact)}",
                    f'There is no fact "{fact}".' + nearest(fact, facts),
                )
            facts[fact] = values
    for _, pointer, mapping in _mappings(document.data):
        for index, entry in enumerate(mapping.get("x-when-fact", [])):
            fact, at = entry["fact"], f"{pointer}/x-when-fact/{index}"
            if fact not in facts:
                raise document.error(f"{at}/fact", f'There is no fact "{fact}".' + nearest(fact, facts))
            for value in entry["is"]:
                if value not in (facts[fact] or [value]):
                    raise document.error(
                        f"{at}/is", f'The fact "{fact}" is never "{value}".' + nearest(value, facts[fact] or [])
                    )


def _check_faults(document: Document) -> None:
    """Every operation and every fact that the fault of a refusal names exists."""
    data = document.data
    operations = [
        item[method]["operationId"] for item in data["paths"].values() for method in METHODS if method in item
    ]
    schemes = data["components"].get("securitySchemes", {}).values()
    facts = [fact for scheme in schemes for fact in scheme.get("x-credential", {}).get("facts", {})]
    for name, refusal in data["x-refusals"].items():
        fault = refusal.get("fault", {})
        for member, named, known in (
            ("operations", fault.get("operations", ()), operations),
            ("where", fault.get("where", ()), facts),
        ):
            for each in named:
                if each not in known:
                    raise document.error(
                        f"/x-refusals/{escape(name)}/fault/{member}",
                        f'There is no {"operation" if member == "operations" else "fact"} "{each}".'
                        + nearest(each, known),
                    )


def _check_timeline(document: Document) -> None:
    """Every kind is a resource, and the members that list others by their ids refer to them."""
    data = document.data
    timeline = data.get("x-timeline")
    if timeline is None:
        return
    known = data["x-resources"]
    kinds = {part: timeline.get(part, {}).get("kind") for part in ("sequence", "step", "transfer")}
    kinds["step/part"] = timeline["step"].get("part", {}).get("kind")
    for part, kind in kinds.items():
        if kind is not None and kind not in known:
            raise document.error(f"/x-timeline/{part}/kind", f'There is no resource "{kind}".' + nearest(kind, known))
    lists = [("sequence", "steps", timeline["step"]["kind"])]
    lists += [("transfer", "sequences", timeline["sequence"]["kind"])] if "transfer" in timeline else []
    for part, member, kind in lists:
        field, refers = timeline[part][member], known[timeline[part]["kind"]].get("refers", {})
        if refers.get(field) != kind:
            raise document.error(
                f"/x-timeline/{part}/{member}", f'The member "{field}" refers to no {kind}.' + nearest(field, refers)
            )


def _check_replay(document: Document, path: str, pointer: str, replay: Mapping[str, Any]) -> None:
    """Every kind is a resource, and what names an id is a parameter of the path."""
    within, opens = replay.get("within", {}), replay.get("opens", {})
    kinds = {"/kind": replay, "/within/kind": within, "/opens/kind": opens}
    for at, kind in [(at, part["kind"]) for at, part in kinds.items() if part] + [
        (f"/holds/{escape(kind)}", kind) for kind in replay.get("holds", {})
    ]:
        if kind not in document.data["x-resources"]:
            known = document.data["x-resources"]
            raise document.error(f"{pointer}{at}", f'There is no resource "{kind}".' + nearest(kind, known))
    names = {segment[1:-1] for segment in path.split("/") if segment.startswith("{")}
    for at, part in {"/named": replay, "/within/named": within}.items():
        if (name := part.get("named")) is not None and name not in names:
            raise document.error(f"{pointer}{at}", f'The path has no parameter "{name}".' + nearest(name, names))


def _codes(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, code in data["x-body-rules"].items():
        yield f"/x-body-rules/{name}", code
    for _, pointer, mapping in _mappings(data):
        for key in ("x-rule", "x-misplaced-fields", "x-unknown-fields"):
            for name, code in mapping.get(key, {}).items():
                yield f"{pointer}/{key}/{escape(name)}", code
        for index, entry in enumerate(mapping.get("x-when-fact", [])):
            yield f"{pointer}/x-when-fact/{index}/rule", entry["rule"]


def _sources(value: Any, pointer: str) -> Iterator[tuple[str, dict[str, str]]]:
    if isinstance(value, dict):
        for key, child in value.items():
            at = f"{pointer}/{escape(str(key))}"
            if key in ("source", "x-source") and isinstance(child, dict) and "page" in child:
                yield at, child
            else:
                yield from _sources(child, at)
    elif isinstance(value, list):
        for index, child in enumerate(value):
            yield from _sources(child, f"{pointer}/{index}")
