"""Makes a plan of a file: finds whose steps it holds as `steplint check` does, with the same readers.

What says it best comes first: an option, the `$schema` of the payload, the name or the folder of the file, and then the
steps themselves, by their types.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from ...contracts import Contract, load, providers
from ...contracts.errors import nearest
from ...validators.linter.documents import SUFFIXES, Document, documents_of, may_be_recording
from ...validators.linter.pieces import Piece, schema_of
from ...validators.linter.targets import Targets, belongs_nowhere, names_operation
from ...validators.positions import Lines
from ...validators.reading import UNREADABLE
from ..snapshots.recording import FORMAT as RECORDING
from ..world import FORMAT, read_resources
from .broken import broken_rules
from .filling import plan_of_steps, plan_of_world
from .model import Plan, TimelineError
from .shapes import OF_FILE, Item, Listed, fits, sequences_of, timeline_of, why_of_no_provider


class Whose(NamedTuple):
    """Whose steps a file holds, as far as the user says: a provider, an operation of one (`lemlist/addStep`)."""

    provider: str | None = None
    operation: str | None = None
    profile: str = "documented"

    def named(self) -> str | None:
        """Return the provider that is said, if any; raises TimelineError for one that is none, and for two."""
        known = providers()
        if self.provider is not None and self.provider not in known:
            raise TimelineError(
                f"There is no provider {self.provider[:80]!a}.{nearest(self.provider, known)}",
                f"Known are {', '.join(known)}.",
            )
        of_operation = self.operation.partition("/")[0] if self.operation else None
        if self.provider and of_operation and self.provider != of_operation:
            raise TimelineError(
                f"{self.operation} is no operation of {self.provider}.", "Give --operation or --provider alone."
            )
        return self.provider or of_operation


def plan_of_file(path: str, data: bytes, whose: Whose) -> Plan:
    """Return the plan of what the bytes of a file hold; its name says how to read them, and may say whose they are.

    Raises TimelineError, and WorldError for what is a world but a bad one.
    """
    provider = whose.named()
    text, documents = _documents(path, data)
    for document in documents:
        if document.payload is UNREADABLE:
            raise _unreadable(text, document)
    if len(documents) == 1 and may_be_recording(documents[0].payload):
        from ...validators.linter.recordings import read_recording  # other files do without

        if (found := read_recording(documents[0], text, None)) is not None:
            return _of_recording(found[0], provider, whose)
    value = documents[0].payload if len(documents) == 1 else [document.payload for document in documents]
    if isinstance(value, dict) and "format" in value:
        return _of_world(value, provider, whose.profile)
    if isinstance(value, dict) and {"entries", "next"} <= value.keys():
        raise TimelineError(
            "It is a journal.", "Give GET worlds/ID/journal.har, or what `stepmock snapshot save` writes."
        )
    return _of_value(path, value, documents[0], provider, whose)


def _documents(path: str, data: bytes) -> tuple[str, list[Document]]:
    """Return the text of a file and its documents; where its name does not say it, JSON or else YAML."""
    text, documents = documents_of(path, data)
    if path.lower().endswith(SUFFIXES) or documents[0].is_empty or documents[0].payload is not UNREADABLE:
        return text, documents
    as_yaml = documents_of(f"{path}.yaml", data)
    is_yaml = all(isinstance(document.payload, (dict, list)) for document in as_yaml[1])
    return as_yaml if is_yaml else (text, documents)


def _unreadable(text: str, document: Document) -> TimelineError:
    message = document.findings[0].message
    if document.offset is not None and " at line " not in message and not document.is_empty:
        line, column = Lines(text).position(document.offset)
        message = f"{message.removesuffix('.')}, at line {line}, column {column}."
    return TimelineError(message, "A file of steps is JSON, JSON Lines or YAML, or a recording.")


def _of_world(data: Any, provider: str | None, profile: str) -> Plan:
    form = data["format"]
    if form == RECORDING:
        raise TimelineError(
            "It is a recording of stepmock.", "`stepmock replay --save WORLD FILE` builds its world; give that."
        )
    name = provider or data.get("provider")
    if form == FORMAT and name not in providers():
        raise TimelineError(f"There is no provider {str(name)[:80]!a}.", f"Known are {', '.join(providers())}.")
    contract = load(name if form == FORMAT else providers()[0], profile)
    return plan_of_world(contract, read_resources(data, contract))


def _of_value(path: str, value: Any, document: Document, provider: str | None, whose: Whose) -> Plan:
    named = schema_of(value) or document.schema
    operation = whose.operation or (None if provider else Targets().of(path, named))
    if operation is not None:
        return _of_payloads(operation, value, document, whose.profile)
    if provider is None:
        if names_operation(named):
            raise TimelineError(f"I{belongs_nowhere(path, named)[1:]}.", "Mend the $schema.")
        provider = _provider_of(value, whose.profile)
    contract = load(provider, whose.profile)
    return _of_listed(contract, None, sequences_of(contract, value), value, document)


def _of_payloads(operation: str, value: Any, document: Document, profile: str) -> Plan:
    """Return the plan of payloads of an operation that is known; raises TimelineError for one that sends no steps."""
    provider, _, name = operation.partition("/")
    contract = load(provider, profile)
    listed = dict(sequences_of(contract, value, alone=False))
    replay = contract.operations[name].replay
    if not listed and replay is not None and replay["kind"] == timeline_of(contract)["step"]["kind"]:
        items = value if isinstance(value, list) else [value]
        if items and all(isinstance(item, dict) for item in items):
            listed = {OF_FILE: items}
    if not any(listed.values()):
        raise TimelineError(f"It is for {operation}, and there are no steps in it.", "Give what adds or lists steps.")
    return _of_listed(contract, name, listed, value, document)


def _of_listed(contract: Contract, operation: str | None, listed: Listed, value: Any, document: Document) -> Plan:
    """Return the plan of steps; it notes a type that the provider does not have, or else the rules that are broken."""
    plan = plan_of_steps(contract, listed)
    return (
        plan if plan.notes else plan._replace(notes=tuple(broken_rules(contract, operation, listed, value, document)))
    )


def _provider_of(value: Any, profile: str) -> str:
    """Return the provider whose steps a file holds, by their types; raises TimelineError where there is not one."""
    able = [name for name in providers() if fits(load(name, profile), value)]
    if len(able) == 1:
        return able[0]
    if able:
        raise TimelineError(
            f"These steps could be of {' or '.join(able)}.", f"Say whose they are: --provider {'|'.join(able)}."
        )
    raise why_of_no_provider(value, profile)


def _of_recording(pieces: Iterable[Piece], provider: str | None, whose: Whose) -> Plan:
    """Return the plan of what the requests of a recording built, as far as their replies say that they succeeded."""
    from ...validators.linter.replay import Replay

    replay = Replay(None, whose.profile)
    put: dict[str, dict[str, Sequence[Item]]] = {}
    for piece in pieces:
        replay.note(piece)
        _note_replaced(put, piece, whose.profile)
    built: dict[str, tuple[Contract, Listed]] = {}
    for name in [provider] if provider else providers():
        contract = load(name, whose.profile)
        if contract.timeline is None:
            continue
        kinds = contract.timeline["sequence"]["kind"], contract.timeline["step"]["kind"]
        held = replay.held(name, *kinds)
        listed = {key: steps or put.get(name, {}).get(key, ()) for key, steps in held.items()}
        if any(listed.values()):
            built[name] = contract, listed
    if len(built) > 1:
        raise TimelineError(
            f"It builds sequences of {' and '.join(built)}.", f"Say which are meant: --provider {'|'.join(built)}."
        )
    if not built:
        raise TimelineError(
            f"No request in it built or read steps{f' of {provider}' if provider else ''}, by the replies.",
            "It needs requests that add steps, with replies of success, or one that lists them.",
        )
    return plan_of_steps(*next(iter(built.values())))


def _note_replaced(put: dict[str, dict[str, Sequence[Item]]], piece: Piece, profile: str) -> None:
    """Note the steps that a request put in the place of those before, for its reply need not tell them."""
    provider, _, name = piece.operation.partition("/")
    contract = load(provider, profile)
    operation = contract.operations.get(name)
    replay = operation.replay if operation else None
    if piece.sent is None or not piece.sent.succeeded or replay is None or replay["does"] != "replaces":
        return
    listed = sequences_of(contract, piece.payload, alone=False) if contract.timeline else {}
    holder = piece.sent.parameters[replay["within"]["named"]]
    put.setdefault(provider, {})[holder] = next(iter(listed.values()), ())
