"""Import statements of Python files as CPython's own ast sees them: one JSON line a file, for paths from standard input.

Written against the language, not against the program under test: a plain recursive visitor with its own idea of what is
deferred, for type checkers only, optional or alternative.
"""

import ast
import json
import sys
import warnings

warnings.simplefilter("ignore")
sys.setrecursionlimit(20000)
FAILURES = {"ImportError", "ModuleNotFoundError", "Exception", "BaseException"}


def last_name(node):
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else None


def dotted(node):
    if isinstance(node, ast.Attribute):
        inner = dotted(node.value)
        return inner and inner + "." + node.attr
    return node.id if isinstance(node, ast.Name) else None


def catches(kind):
    if kind is None:
        return True
    if isinstance(kind, (ast.Tuple, ast.List)):
        return any(catches(each) for each in kind.elts)
    return last_name(kind) in FAILURES


def gives_up(body):
    last = body[-1]
    if isinstance(last, ast.Raise):
        return True
    return (
        isinstance(last, ast.Expr)
        and isinstance(last.value, ast.Call)
        and dotted(last.value.func) in {"sys.exit", "exit", "quit", "os._exit"}
    )


class File(ast.NodeVisitor):
    def __init__(self, tree):
        self.found = []
        self.deferred = self.typing = False
        self.guard = "none"
        self.typing_names = {"TYPE_CHECKING"}
        self.typing_modules = set()
        self.suppress = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and not node.level:
                for alias in node.names:
                    local = alias.asname or alias.name
                    if node.module in {"typing", "typing_extensions"} and alias.name == "TYPE_CHECKING":
                        self.typing_names.add(local)
                    if (node.module, alias.name) in {("contextlib", "suppress"), ("pytest", "raises")}:
                        self.suppress.add(local)
            if isinstance(node, ast.Import):
                for alias in node.names:
                    if alias.name in {"typing", "typing_extensions"}:
                        self.typing_modules.add(alias.asname or alias.name)
                    if alias.name == "contextlib":
                        self.suppress.add((alias.asname or alias.name) + ".suppress")
                    if alias.name == "pytest":
                        self.suppress.add((alias.asname or alias.name) + ".raises")
        self.visit(tree)

    def is_typing(self, test):
        if isinstance(test, ast.Name):
            return test.id in self.typing_names
        return (
            isinstance(test, ast.Attribute)
            and test.attr == "TYPE_CHECKING"
            and isinstance(test.value, ast.Name)
            and test.value.id in self.typing_modules
        )

    def value(self, test, checking):
        """True, False or None for unknown, where TYPE_CHECKING is what is said."""
        if self.is_typing(test):
            return checking
        if isinstance(test, ast.Constant):
            return bool(test.value) if isinstance(test.value, (bool, int, type(None))) else None
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            inner = self.value(test.operand, checking)
            return None if inner is None else not inner
        if isinstance(test, ast.BoolOp):
            values = [self.value(each, checking) for each in test.values]
            stop = isinstance(test.op, ast.Or)
            if stop in values:
                return stop
            return None if None in values else not stop
        return None

    def only_typed(self, test, negate):
        run, typed = self.value(test, False), self.value(test, True)
        if negate:
            run, typed = (None if each is None else not each for each in (run, typed))
        return run is False and typed is not False

    def within(self, nodes, **changes):
        before = {name: getattr(self, name) for name in changes}
        for name, value in changes.items():
            setattr(self, name, value)
        for node in nodes:
            self.visit(node)
        for name, value in before.items():
            setattr(self, name, value)

    def add(self, node, how, module, names):
        self.found.append([node.lineno, how, module, names, self.deferred, self.typing, self.guard])

    def visit_Import(self, node):
        for alias in node.names:
            self.add(node, "import", alias.name, [])

    def visit_ImportFrom(self, node):
        self.add(node, "from", "." * node.level + (node.module or ""), [alias.name for alias in node.names])

    def visit_FunctionDef(self, node):
        self.within(node.body, deferred=True, guard="none")

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_If(self, node):
        # A chain of elif is a chain of nested orelse here; long ones would go too deep.
        typing = self.typing
        while True:
            self.within(node.body, typing=typing or self.only_typed(node.test, False))
            typing = typing or self.only_typed(node.test, True)
            if len(node.orelse) == 1 and isinstance(node.orelse[0], ast.If):
                node = node.orelse[0]
                continue
            return self.within(node.orelse, typing=typing)

    def visit_Try(self, node):
        taking = [each for each in node.handlers if catches(each.type)]
        going_on = any(not gives_up(each.body) for each in taking)
        self.within(node.body, guard="optional" if going_on else self.guard)
        other = self.guard if self.guard == "optional" else "alternative"
        for each in node.handlers:
            self.within(each.body, guard=other if each in taking else self.guard)
        self.within(node.orelse, guard=other if going_on else self.guard)
        self.within(node.finalbody)

    visit_TryStar = visit_Try

    def visit_With(self, node):
        swallows = False
        for item in node.items:
            call = item.context_expr
            if not isinstance(call, ast.Call):
                continue
            name = dotted(call.func) or ""
            if name in self.suppress or name.endswith(".assertRaises"):
                swallows = swallows or any(catches(each) for each in call.args)
        self.within(node.body, guard="optional" if swallows else self.guard)

    visit_AsyncWith = visit_With

    def visit_Expr(self, node):
        pass


for path in sys.stdin.read().split("\0"):
    if not path:
        continue
    try:
        with open(path, "rb") as file:
            data = file.read()
        answer = {"imports": File(ast.parse(data)).found}
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        answer = {"error": str(error)}
    print(json.dumps(answer))
