"""The closed vocabulary of `x-` keywords.

A contract may use the keywords below, each only where its entry says, and with a value of the form that its
entry gives. Anything else refuses to load: a misspelt keyword would otherwise switch a rule off without
a word. What a schema keyword *does* to a payload is `stepmock.validators.keywords`.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

_TEXT = {"type": "string", "minLength": 1}
_POINTER = {"type": "string", "pattern": "^(/.*)?$"}
_NAMES = {"type": "array", "items": _TEXT, "minItems": 1}
_POINTERS = {"type": "array", "items": _POINTER, "minItems": 1}
_SOURCE = {
    "type": "object",
    "required": ["page", "section"],
    "properties": {"page": _TEXT, "section": _TEXT},
    "additionalProperties": False,
}
_CONFIDENCE = {"enum": ["documented", "observed", "assumed"]}
_EMPTY = {"type": "object", "maxProperties": 0}
_READING = {
    "type": "object",
    "required": ["choice", "means", "confidence"],
    "additionalProperties": False,
    "properties": {"choice": _TEXT, "means": _TEXT, "confidence": _CONFIDENCE},
}

BODY_RULES = ("syntax", "root", "number", "nesting", "encoding", "duplicate-key")
"""What can be wrong with a body as a text, before it is a payload."""

_QUOTA_VALUE = {"enum": ["limit", "remaining", "retry-after", "reset-date", "reset-epoch"]}


def _record(required: Mapping[str, Any], optional: Mapping[str, Any] | None = None) -> dict[str, Any]:
    return {
        "type": "object",
        "required": list(required),
        "properties": {**required, **(optional or {})},
        "additionalProperties": False,
    }


def _table(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": entry}


class Keyword(NamedTuple):
    """One `x-` keyword: what it says, where it may stand, and the JSON Schema of its value."""

    meaning: str
    place: str
    value: Mapping[str, Any]
    needs_rule: bool = False


VOCABULARY: Mapping[str, Keyword] = {
    "x-provider": Keyword(
        "Name of the provider, and the letters that its rule codes begin with.",
        "root",
        _record(
            {
                "name": {"type": "string", "pattern": "^[a-z][a-z0-9_]*$"},
                "title": _TEXT,
                "rule-prefix": {"type": "string", "pattern": "^[A-Z]{3}$"},
            },
            {
                "trailing-slash": {"enum": ["taken"]},
                "sentences": {"enum": ["plain", "openapi-validator", "joi", "class-validator"]},
                "empty-body": {"enum": ["object"]},
                "parses": {"enum": ["first"]},
            },
        ),
    ),
    "x-pages": Keyword("The pages that sources name.", "root", _table(_record({"title": _TEXT}, {"url": _TEXT}))),
    "x-rules": Keyword(
        "The registry of rules.",
        "root",
        _table(
            _record(
                {
                    "meaning": _TEXT,
                    "severity": {"enum": ["error", "warning", "advice"]},
                    "confidence": _CONFIDENCE,
                    "source": _SOURCE,
                    "hint": _TEXT,
                },
                {"refusal": _TEXT, "says": _TEXT},
            )
        ),
    ),
    "x-body-rules": Keyword(
        "The rules about a body as a text, before it is a payload.",
        "root",
        _record(dict.fromkeys(BODY_RULES, _TEXT)),
    ),
    "x-refusals": Keyword(
        "The ways in which the provider says no. `fault` is how one is brought about on purpose: which operations may "
        "answer so (without it, each that documents the status), `where` a fact of the credential has one of some "
        "values, the name it `also` goes by, the sentence that it `says`, and what else its body names.",
        "root",
        _table(
            _record(
                {
                    "status": {"type": "integer", "minimum": 200, "maximum": 599},
                    "content-type": _TEXT,
                    "body": {},
                    "confidence": _CONFIDENCE,
                    "source": _SOURCE,
                },
                {
                    "each": {},
                    "told-by": {"enum": ["item"]},
                    "fault": _record(
                        {},
                        {
                            "operations": {"type": "array", "items": _TEXT},
                            "where": _table(_NAMES),
                            "also": _TEXT,
                            "says": _TEXT,
                            "facts": _table(_TEXT),
                        },
                    ),
                },
            )
        ),
    ),
    "x-behaviours": Keyword(
        "What happens where documents are silent or disagree, in each profile.",
        "root",
        _table(_record({"topic": _TEXT, "source": _SOURCE, "documented": _READING, "observed": _READING})),
    ),
    "x-rate-limit": Keyword(
        "The quota of one credential: a fixed window from its first request.",
        "root",
        _record(
            {
                "requests": {"type": "integer", "minimum": 1},
                "window-seconds": {"type": "integer", "minimum": 1},
                "headers": _table(_QUOTA_VALUE),
                "source": _SOURCE,
                "confidence": _CONFIDENCE,
            },
            {"refusal-headers": _table(_QUOTA_VALUE)},
        ),
    ),
    "x-resources": Keyword(
        "The kinds of things that a world holds: their form, which fields refer to which kind, and which of these "
        "hold what they name, each with the field that names the holder in turn.",
        "root",
        _table(_record({}, {"schema": {"type": "object"}, "refers": _table(_TEXT), "holds": _table(_TEXT)})),
    ),
    "x-timeline": Keyword(
        "How steps follow one another. `sequence` is the kind that is walked, its member that lists the steps, and "
        "the members that may lie around them in a file. Places are pointers, the likeliest first; a step without "
        "`type` `is` of one, and what has none of the `names` is called like its first `part`. Each step that is sent "
        "goes to its `place`, from 0, where it says one, in what those before it built. A `delay` counts from the step "
        "before, or from the start; without one, `first` and `later` steps have these. A step of the type of "
        "`condition` parts the leads: `branches` has its branches, each leads `to` a sequence by its `key`, and one is "
        "`otherwise`; `wait` has the value `within` where it gives up after a delay, and `until` where it never does. "
        "One of the type of `transfer` sends leads on, into the first of the `sequences` of what `to` names.",
        "root",
        _record(
            {
                "sequence": _record({"kind": _TEXT, "steps": _TEXT, "around": _NAMES}),
                "step": _record(
                    {"kind": _TEXT, "id": _POINTERS, "names": _POINTERS},
                    {
                        "type": _POINTERS,
                        "is": _TEXT,
                        "order": _POINTERS,
                        "place": _POINTERS,
                        "part": _record({"at": _POINTERS, "kind": _TEXT}),
                    },
                ),
                "delay": _record(
                    {
                        "at": _POINTERS,
                        "unit": {"enum": ["days", "seconds"]},
                        "from": {"enum": ["previous", "start"]},
                        "confidence": _CONFIDENCE,
                        "source": _SOURCE,
                    },
                    {"date": _POINTERS, "first": {"type": "number"}, "later": {"type": "number"}},
                ),
            },
            {
                "condition": _record(
                    {
                        "type": _TEXT,
                        "keys": _POINTERS,
                        "branches": _TEXT,
                        "key": _TEXT,
                        "to": _TEXT,
                        "otherwise": _TEXT,
                        "wait": _TEXT,
                        "delay": _TEXT,
                        "within": _TEXT,
                        "until": _TEXT,
                    }
                ),
                "transfer": _record({"type": _TEXT, "to": _POINTERS, "kind": _TEXT, "sequences": _TEXT}),
            },
        ),
    ),
    "x-shared": Keyword("A shelf for YAML anchors; it means nothing by itself.", "root", {"type": "object"}),
    "x-source": Keyword("Where an operation is described.", "operation", _SOURCE),
    "x-step-type": Keyword("The place in the payload of what says of which type a step is.", "operation", _POINTER),
    "x-missing-credentials": Keyword(
        "The refusal for a request without credentials, where it is not the usual one.", "operation", _TEXT
    ),
    "x-credential": Keyword(
        "How the credential is read from what the security scheme carries.",
        "scheme",
        _record(
            {},
            {
                "user": {"enum": ["empty"]},
                "legacy-query": _TEXT,
                "missing": _TEXT,
                "facts": _table(_TEXT),
                "fact-values": _table(_NAMES),
                "missing-facts": _TEXT,
            },
        ),
    ),
    "x-replay": Keyword(
        "What an operation does to the resources of a kind, so that requests can be followed one after another. "
        "`named` is the path parameter with the id, `sent` where the payload has ids, `within` what holds the "
        "resources. `reply` lists places where the reply may have the resources, the likeliest first, and `id` is "
        "their member with the id; a reply that lists resources within another lists all of them. `holds` are members "
        "of a resource that list all it holds of a kind, `opens` the place in a new resource of the id of what is new "
        "and empty. `numbered` is where the payload may tell the place, from 1, of what it makes. A change `sets` "
        "fields to what certain sent values mean, or `adds-to` a list of the resource; otherwise it sets what was "
        "sent.",
        "operation",
        _record(
            {"does": {"enum": ["creates", "changes", "replaces", "removes", "reads"]}, "kind": _TEXT},
            {
                "named": _TEXT,
                "sent": _POINTER,
                "within": _record({"kind": _TEXT, "named": _TEXT}),
                "reply": {"type": "array", "items": _POINTER, "minItems": 1},
                "id": _TEXT,
                "opens": _record({"kind": _TEXT, "at": _POINTER}),
                "holds": _table(_TEXT),
                "numbered": _POINTER,
                "adds-to": _TEXT,
                "sets": _table(_record({"sent": _TEXT, "means": _table({"type": ["string", "boolean"]})})),
            },
        )
        | {"dependentRequired": {"reply": ["id"], "id": ["reply"], "opens": ["reply"], "holds": ["reply"]}},
    ),
    "x-identifier": Keyword(
        "The form in which ids of a kind are made.",
        "schema",
        _record(
            {"kind": _TEXT},
            {
                "prefix": {"type": "string"},
                "length": {"type": "integer", "minimum": 1},
                "alphabet": {"enum": ["alphanumeric", "hexadecimal", "uuid", "integer"]},
                "first": {"type": "integer", "minimum": 0},
            },
        ),
    ),
    "x-rule": Keyword(
        "The rule code of each assertion beside it; `missing` is the absence of the property.", "schema", _table(_TEXT)
    ),
    "x-unknown-fields": Keyword(
        "A field that nothing declares; the value gives some names a rule of their own.", "schema", _table(_TEXT), True
    ),
    "x-meant-fields": Keyword(
        "Where the value of a field that nothing declares belongs: the names on the way there from its object.",
        "schema",
        _table(_NAMES),
    ),
    "x-misplaced-fields": Keyword(
        "A field of another branch; the value gives fields a rule of their own.", "schema", _table(_TEXT), True
    ),
    "x-combined-max-items": Keyword(
        "Lists that share one maximum.",
        "schema",
        _record({"properties": _NAMES, "maximum": {"type": "integer", "minimum": 0}}),
        True,
    ),
    "x-immutable": Keyword("The value is that of the stored resource.", "schema", _record({"field": _TEXT}), True),
    "x-references": Keyword(
        "The value is the id of a resource that exists.", "schema", _record({"resource": _TEXT}), True
    ),
    "x-not-in-state": Keyword(
        "The resource named by the value does not have this field value.",
        "schema",
        _record({"resource": _TEXT, "field": _TEXT, "value": {"type": ["string", "boolean"], "minLength": 1}}),
        True,
    ),
    "x-required-on-first": Keyword(
        "Fields that the first step of this type in a sequence needs; later ones may leave them out.",
        "schema",
        _record({"fields": _NAMES, "type": _TEXT}),
        True,
    ),
    "x-template": Keyword("The text is a template with variables in double braces.", "schema", _EMPTY, True),
    "x-http-url": Keyword("The text is an absolute address with the scheme http or https.", "schema", _EMPTY, True),
    "x-public-url": Keyword("The text is an HTTPS address that anyone can reach.", "schema", _EMPTY, True),
    "x-media-types": Keyword("The ending of the address fits one of these media types.", "schema", _NAMES, True),
    "x-either": Keyword("Exactly one of the schemas in the `oneOf` beside it fits.", "schema", _EMPTY, True),
    "x-when-fact": Keyword(
        "Rules that hold where a fact besides the payload has one of some values; each entry names its own.",
        "schema",
        {
            "type": "array",
            "minItems": 1,
            "items": _record(
                {"fact": _TEXT, "is": _NAMES, "rule": _TEXT},
                {
                    "needs": _NAMES,
                    "without": _NAMES,
                    "excludes": _NAMES,
                    "multiple-of": {"type": "integer", "minimum": 1},
                },
            ),
        },
        True,
    ),
    "x-parent-state": Keyword(
        "The resource that holds this does not have this field value; `except` lists values that are right even so.",
        "schema",
        _record({"field": _TEXT, "value": _TEXT}, {"except": _NAMES}),
        True,
    ),
    "x-numbered": Keyword(
        "The field of the items counts 1, 2, 3, in any order.", "schema", _record({"by": _TEXT}), True
    ),
    "x-first-has": Keyword(
        "The item with the lowest number has a text in the field, its own or in each item of `within`.",
        "schema",
        _record({"by": _TEXT, "field": _TEXT}, {"within": _TEXT}),
        True,
    ),
    "x-max-words": Keyword(
        "The text of the item with the lowest number, or of each item of `within`, has at most so many words.",
        "schema",
        _record({"by": _TEXT, "field": _TEXT, "maximum": {"type": "integer", "minimum": 1}}, {"within": _TEXT}),
        True,
    ),
    "x-gap": Keyword(
        "The number at a path of each item but the one with the lowest number lies between two bounds.",
        "schema",
        _record({"by": _TEXT, "path": _NAMES, "minimum": {"type": "number"}, "maximum": {"type": "number"}}),
        True,
    ),
    "x-sum": Keyword(
        "Where another field has a certain value, the numbers of the first items, at most so many, reach a total.",
        "schema",
        _record(
            {
                "when": _record({"field": _TEXT, "value": _TEXT}),
                "items": _TEXT,
                "field": _TEXT,
                "total": {"type": "integer"},
                "at-most": {"type": "integer", "minimum": 1},
            }
        ),
        True,
    ),
    "x-known-variables": Keyword(
        "A template variable is one of these, or a name of the user's own that is not mistakable for one.",
        "schema",
        _NAMES,
        True,
    ),
    "x-forbidden": Keyword("A field whose presence is wrong on this branch.", "schema", _EMPTY, True),
    "x-unique-among-siblings": Keyword(
        "No sibling has this value in `field`; `among` narrows the siblings to those with one of these values.",
        "schema",
        _record({"field": _TEXT}, {"among": _table({"type": "array", "minItems": 1})}),
        True,
    ),
    "x-room-in-stored": Keyword(
        "A list of the stored resource has room for one more item.",
        "schema",
        _record({"field": _TEXT, "maximum": {"type": "integer", "minimum": 1}}),
        True,
    ),
    "x-usual-length": Keyword(
        "A length of the text, in characters, that is known to pass; another one may pass too.",
        "schema",
        _record({"maximum": {"type": "integer", "minimum": 1}}, {"minimum": {"type": "integer", "minimum": 1}}),
        True,
    ),
}

ASSERTIONS = frozenset(
    {
        "type",
        "enum",
        "const",
        "required",
        "minimum",
        "maximum",
        "minLength",
        "maxLength",
        "pattern",
        "minItems",
        "maxItems",
        "items",
        "properties",
        "if",
        "then",
        "allOf",
    }
)
"""The JSON Schema keywords that a request body may use; `required` is coded member by member."""

ANNOTATIONS = frozenset({"description", "title", "default", "examples", "example", "discriminator", "oneOf", "$ref"})
"""Keywords of a request schema that assert nothing by themselves, or that compiling resolves."""

RESPONSE_ONLY = frozenset(
    {
        "additionalProperties",
        "unevaluatedProperties",
        "anyOf",
        "format",
        "minProperties",
        "maxProperties",
        "uniqueItems",
        "readOnly",
        "nullable",
    }
)
"""Keywords that only schemas of replies use."""

NAME_MAPS = frozenset(
    {
        "properties",
        "headers",
        "schemas",
        "responses",
        "parameters",
        "examples",
        "paths",
        "mapping",
        "securitySchemes",
        "patternProperties",
        "content",
        "encoding",
        "callbacks",
        "links",
        "variables",
    }
)
"""Members whose keys are names that the author chose, not keywords."""
