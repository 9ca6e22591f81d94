"""Makes payloads: right ones of every form that an operation takes, and ones that break exactly one rule.

The way of a payload: `values` draws it from the schema with `material` for its texts, `adjust` brings its parts into
line with one another, `payloads` has the checker confirm it. Everything is drawn through the three functions of `draw`.
"""
