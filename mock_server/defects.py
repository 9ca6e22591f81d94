"""Reports a defect of stepmock itself."""

import sys
import traceback


def report(error: BaseException) -> None:
    """Print where an exception came from, on stderr: types and places, and no text of it.

    The texts of exceptions quote what a client sent, and that may be a credential.
    """
    chain: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in chain:
        chain.append(cause)
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)
    for each in reversed(chain):
        print("Traceback of a defect in stepmock (most recent call last):", file=sys.stderr)
        for line in traceback.format_tb(each.__traceback__):
            print(line, end="", file=sys.stderr)
        print(f"{type(each).__qualname__} (its text is not shown: it may quote a request)", file=sys.stderr)
