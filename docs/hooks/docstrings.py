"""An extension of griffe: what isthmus's docstrings need to become pages.

Roles of reStructuredText become Markdown, and classes whose signature is made at run time (modules
of Equinox, named tuples) get it.
"""

import importlib
import inspect
import re
from typing import Any

from griffe import Class, Extension, Function, Module, Object, Parameter, ParameterKind, Parameters

BLOCK = re.compile(r"^( *)\.\. math:: *(.*(?:\n\1 +.*|\n(?=\n*\1 +\S))*)", re.MULTILINE)
KINDS = {
    inspect.Parameter.POSITIONAL_OR_KEYWORD: ParameterKind.positional_or_keyword,
    inspect.Parameter.KEYWORD_ONLY: ParameterKind.keyword_only,
    inspect.Parameter.POSITIONAL_ONLY: ParameterKind.positional_only,
    inspect.Parameter.VAR_POSITIONAL: ParameterKind.var_positional,
    inspect.Parameter.VAR_KEYWORD: ParameterKind.var_keyword,
}


class IsthmusDocstrings(Extension):
    """Rewrite docstrings and add signatures once a package is read."""

    def on_package(self, *, pkg: Module, **_: Any) -> None:
        """Go through all objects of the package."""
        if pkg.path == "isthmus":
            visit(pkg)


def visit(parent: Object) -> None:
    """Mend an object and all that it defines."""
    if parent.docstring:
        parent.docstring.value = to_markdown(parent.docstring.value)
    for member in list(parent.members.values()):
        if not member.is_alias:
            if isinstance(member, Class):
                add_signature(member)
            visit(member)


def to_markdown(docstring: str) -> str:
    r"""Return a docstring with its formulas and references as Markdown has them.

    Examples
    --------
    >>> to_markdown("Sum :math:`x_i`.\\n\\n.. math:: a\\n    = b\\n\\nEnd.")
    'Sum $x_i$.\\n\\n$$\\na = b\\n$$\\n\\nEnd.'
    """

    def block(match: re.Match[str]) -> str:
        formula = " ".join(match[2].split())
        return f"{match[1]}$$\n{match[1]}{formula}\n{match[1]}$$"

    docstring = BLOCK.sub(block, docstring)
    docstring = re.sub(r":math:`([^`]+)`", lambda m: "$" + " ".join(m[1].split()) + "$", docstring)
    docstring = re.sub(r":(?:class|func|meth):`~?([^`]+)`", r"`\1`", docstring)
    return re.sub(r"^( *)\.\. \[(\d+)\] ", r"\1\2. ", docstring, flags=re.MULTILINE)


def add_signature(cls: Class) -> None:
    """Give a class the signature that it has at run time, where its source does not show it."""
    if "__init__" in cls.members or any("dataclass" in str(d.value) for d in cls.decorators):
        return
    value = importlib.import_module(cls.module.path)
    for name in cls.path.removeprefix(f"{cls.module.path}.").split("."):
        value = getattr(value, name, None)
    is_record = hasattr(value, "__dataclass_fields__") or hasattr(value, "_fields")
    if value is None or not is_record:
        return
    parameters = [Parameter("self", kind=ParameterKind.positional_or_keyword)]
    for each in inspect.signature(value).parameters.values():
        default = None if each.default is each.empty else repr(each.default)
        field = cls.members.get(each.name)
        annotation = getattr(field, "annotation", None)
        parameters.append(
            Parameter(each.name, annotation=annotation, kind=KINDS[each.kind], default=default)
        )
    init = Function("__init__", parent=cls, parameters=Parameters(*parameters), returns="None")
    cls.set_member("__init__", init)
