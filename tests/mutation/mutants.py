"""Mutants: every small change that mutmut's operators, and three of our own, make of a source file.

Left alone are what is not run as code (annotations, docstrings, decorators, `__all__`); words for a person: the arguments of
what is raised, refused or reported as a milestone, and what names a place in a fault; and the case of letters.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider, WhitespaceInclusivePositionProvider
from mutmut.mutation import mutators

ROOT = Path(__file__).parents[2]
FOLDERS = ("kernel/steps", "kernel/data")

# Tables of names and meanings in two languages: another word is not another behaviour.
TABLES = frozenset({"tags.py", "pboc.py", "codes.py", "meanings.py"})

# Calls whose texts are for a person, and names that say where something stood, for the text of a fault.
_SPEAKING = frozenset({
    "Text", "bit", "same", "snapshot", "keep", "put", "take_all", "parse", "fill", "number", "digits", "day", "template",
    "_filled",
})  # fmt: skip
_PLACES = frozenset({"where", "what", "_WHERE", "_CLAUSE"})
_STATEMENTS = (cst.SimpleStatementLine, cst.If, cst.While, cst.For, cst.With, cst.Try, cst.Match, cst.MatchCase)


@dataclass(frozen=True, slots=True)
class Mutant:
    """`was` and `now` are the lines that differ, blanks folded. `where` is the class and function; `body` the function
    whose code alone is changed, "" when names, defaults or closures of the module are. `lines` are the statement's."""

    file: str
    where: str
    was: str
    now: str
    number: int
    body: str
    lines: tuple[int, int]
    source: str

    @property
    def key(self) -> str:
        """What stays when lines move; `number` tells the same change made twice in one function apart."""
        return "\n".join((self.file, self.where, self.was, self.now, str(self.number)))


def files() -> list[str]:
    """The files that are mutated, by their path below the root."""
    found = sorted(path for folder in FOLDERS for path in (ROOT / folder).glob("*.py") if path.name not in TABLES)
    return [str(path.relative_to(ROOT)) for path in found if path.name != "__init__.py"]


def mutants(file: str, text: str | None = None) -> list[Mutant]:
    """All mutants of a file, in the order of its lines; one that is no Python is none."""
    visitor = _Visitor(file, (ROOT / file).read_text("utf-8") if text is None else text)
    MetadataWrapper(cst.parse_module(visitor.text)).visit(visitor)
    return sorted(visitor.found.values(), key=lambda one: one.lines)


def _negated(node: cst.If | cst.While) -> Iterator[tuple[cst.CSTNode, str]]:
    """The other branch, where mutmut has no operator that takes it."""
    if not isinstance(node.test, cst.Comparison | cst.UnaryOperation | cst.BooleanOperation):
        yield node.test, f"not ({_code(node.test)})"


def _left_out(node: cst.SimpleStatementLine) -> Iterator[tuple[cst.CSTNode, str]]:
    """A statement that does something, without it."""
    [statement, *more] = node.body
    told = isinstance(statement, cst.Expr) and isinstance(statement.value, cst.SimpleString)
    if not more and not told and isinstance(statement, cst.Expr | cst.AugAssign | cst.Raise | cst.Return):
        yield statement, "pass"


def _unmatched(node: cst.MatchCase) -> Iterator[tuple[cst.CSTNode, str]]:
    """A case that nothing matches."""
    yield (node.pattern, f"{_code(node.pattern)} if False") if node.guard is None else (node.guard, "False")


def _code(node: cst.CSTNode) -> str:
    return cst.Module([]).code_for_node(node)


_THEIRS: list[tuple[type, Callable[[Any], Iterable[cst.CSTNode]]]] = [
    (kind, made) for kind, made in mutators.mutation_operators if made is not mutators.operator_match
]
_OURS: list[tuple[Any, Callable[[Any], Iterator[tuple[cst.CSTNode, str]]]]] = [
    (cst.If | cst.While, _negated),
    (cst.SimpleStatementLine, _left_out),
    (cst.MatchCase, _unmatched),
]


class _Visitor(cst.CSTVisitor):
    METADATA_DEPENDENCIES = (PositionProvider, WhitespaceInclusivePositionProvider)

    def __init__(self, file: str, text: str) -> None:
        super().__init__()
        self.file, self.text = file, text
        self.starts = [0]
        for line in text.splitlines(keepends=True):
            self.starts.append(self.starts[-1] + len(line))
        self.calls: list[str] = []
        self.last: cst.CSTNode | None = None
        self.scopes: list[str] = []
        self.functions: list[tuple[str, int]] = []  # the name and where the body starts
        self.statements: list[cst.CSTNode] = []
        self.found: dict[str, Mutant] = {}
        self.numbers: dict[tuple[str, str, str], int] = {}

    def on_visit(self, node: cst.CSTNode) -> bool:
        self.calls.append(_called(node))
        if isinstance(node, cst.FunctionDef | cst.ClassDef):
            self.scopes.append(node.name.value)
        if isinstance(node, cst.FunctionDef):
            self.last = node.body.body[-1]
            self.functions.append((".".join(self.scopes), self._offset(node.body, PositionProvider)[0]))
        if isinstance(node, _STATEMENTS):
            self.statements.append(node)
        said = not _SPEAKING.isdisjoint(self.calls)
        for kind, theirs in _THEIRS:
            if isinstance(node, kind) and not _harmless(node) and not (said and isinstance(node, cst.BaseString)):
                for changed in theirs(node):
                    if not _only_told(node, changed):
                        self._keep(node, _code(changed))
        for kind, ours in _OURS:
            if isinstance(node, kind) and not _dumb(node) and not (node is self.last and _ends(node)):
                for old, code in ours(node):
                    self._keep(old, code)
        return not _dumb(node)

    def on_leave(self, original_node: cst.CSTNode) -> None:
        self.calls.pop()
        if isinstance(original_node, cst.FunctionDef | cst.ClassDef):
            self.scopes.pop()
        if isinstance(original_node, cst.FunctionDef):
            self.functions.pop()
        if isinstance(original_node, _STATEMENTS):
            self.statements.pop()

    def _offset(self, node: cst.CSTNode, by: Any = WhitespaceInclusivePositionProvider) -> tuple[int, int]:
        place = self.get_metadata(by, node)
        return self.starts[place.start.line - 1] + place.start.column, self.starts[place.end.line - 1] + place.end.column

    def _keep(self, old: cst.CSTNode, code: str) -> None:
        begin, end = self._offset(old)
        source = self.text[:begin] + code + self.text[end:]
        if source in self.found or not _compiles(source):
            return
        first, last = self.text.rfind("\n", 0, begin) + 1, len(self.text) - self.text.find("\n", end)
        was, now = _differing(*(text[first : len(text) - last].splitlines() for text in (self.text, source)))
        where = ".".join(self.scopes)
        number = self.numbers[where, was, now] = self.numbers.get((where, was, now), 0) + 1
        inside = [name for name, body in self.functions if body <= begin]
        body = inside[0] if len(inside) == 1 else ""
        self.found[source] = Mutant(self.file, where, was, now, number, body, self._lines(old), source)

    def _lines(self, node: cst.CSTNode) -> tuple[int, int]:
        """The whole of a simple statement, of another one only its head."""
        statement = self.statements[-1] if self.statements else node
        simple = isinstance(statement, cst.SimpleStatementLine)
        place = self.get_metadata(PositionProvider, statement)
        return place.start.line, self.get_metadata(PositionProvider, statement if simple else node).end.line


def _called(node: cst.CSTNode) -> str:
    """The name of what is called, "" when it has none or nothing is called."""
    match node:
        case cst.Call(func=cst.Name(value=name) | cst.Attribute(attr=cst.Name(value=name))):
            return str(name)
    return ""


def _only_told(node: cst.CSTNode, changed: cst.CSTNode) -> bool:
    """Whether all that differs is the case of letters, the byte order that Python takes anyway, or an argument that names a
    place."""
    if isinstance(node, cst.SimpleString) and isinstance(changed, cst.SimpleString):
        return node.value.lower() == changed.value.lower()
    if not isinstance(node, cst.Call) or not isinstance(changed, cst.Call):
        return False
    gone = [arg.value for arg in node.args if all(arg is not other for other in changed.args)]
    if len(changed.args) < len(node.args) and all(_code(value) == '"big"' for value in gone):
        return True
    return _called(node) in _SPEAKING and bool(gone) and all(_a_place(value) for value in gone)


def _a_place(value: cst.BaseExpression) -> bool:
    return isinstance(value, cst.BaseString) or (isinstance(value, cst.Name) and value.value in _PLACES)


def _differing(was: list[str], now: list[str]) -> tuple[str, str]:
    """The lines of two texts between those that are the same, blanks folded."""
    while was and now and was[0].split() == now[0].split():
        was, now = was[1:], now[1:]
    while was and now and was[-1].split() == now[-1].split():
        was, now = was[:-1], now[:-1]
    return " ".join(" ".join(was).split()), " ".join(" ".join(now).split())


def _compiles(source: str) -> bool:
    try:
        compile(source, "mutant", "exec")
    except SyntaxError:
        return False
    return True


def _ends(node: cst.CSTNode) -> bool:
    """`return None` or `return False`, which at the end of a function is what happens anyway."""
    match node:
        case cst.SimpleStatementLine(body=[cst.Return(value=None | cst.Name(value="None" | "False"))]):
            return True
    return False


def _dumb(node: cst.CSTNode) -> bool:
    """Whether nothing inside is run as code, or only says something to a person."""
    match node:
        case cst.Annotation() | cst.Decorator() | cst.Raise() | cst.Assert():
            return True
        case cst.AnnAssign(annotation=cst.Annotation(annotation=cst.Name(value="TypeAlias"))):
            return True
        case cst.Call(func=cst.Name(value="Refused" | "Reached")):
            return True
        case cst.SimpleStatementLine(body=[cst.Expr(value=cst.Await(expression=cst.Call(func=cst.Name(value="Reached"))))]):
            return True
        case cst.Assign(value=cst.Call(func=cst.Name(value="auto"))):
            return True  # told apart by what it is, not by its value
        case cst.Assign(targets=[cst.AssignTarget(target=cst.Name(value=name))]):
            return name == "__all__" or name in _PLACES
        case cst.If(test=cst.Name(value="TYPE_CHECKING")):
            return True
    return False


def _harmless(node: cst.CSTNode) -> bool:
    """Whether a change of the node itself says nothing: these fail at once, or are not run."""
    return _dumb(node) or _called(node) in ("len", "isinstance")
