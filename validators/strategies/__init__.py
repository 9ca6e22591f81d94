"""Hypothesis strategies: payloads that are right, payloads that break one rule, and whole sequences.

```python
from hypothesis import given
from stepmock.validators.strategies import payloads, sequences


@given(payloads("lemlist/addStep"))
def test_my_model_takes_every_step(payload): ...


@given(payloads("lemlist/addStep", breaking="LEM050"))
def test_my_form_refuses_a_long_title(payload): ...


@given(sequences("saleshandy"))
def test_my_importer_keeps_the_order(steps): ...
```

Every example is confirmed by the checker, also after shrinking: a right payload breaks no rule at all, and a breaking
one breaks the one rule that was asked for and nothing else. Texts are words and sentences, and shrink to the shortest;
numbers and lengths reach their bounds. All mistakes in the arguments raise ContractError when a strategy is made, not
when it is drawn from.

Hypothesis comes with the extra: `pip install 'stepmock[hypothesis]'`.
"""

try:
    import hypothesis  # noqa: F401
except ModuleNotFoundError as error:
    if error.name != "hypothesis":
        raise
    raise ModuleNotFoundError(
        "stepmock.validators.strategies needs Hypothesis: pip install 'stepmock[hypothesis]'", name="hypothesis"
    ) from None

from ..breakers import Broken
from .payloads import broken, changes, payloads
from .sequences import Step, next_payloads, sequences

__all__ = ["Broken", "Step", "broken", "changes", "next_payloads", "payloads", "sequences"]
