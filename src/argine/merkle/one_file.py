"""Makes one file of `offline` and all that it needs: `argine_verify.py`, the program to be read and carried.

Only the text of what is reached is taken, with its comments. Names that two modules share get the module's name.
From the sources alone, with nothing installed: `PYTHONPATH=src python3 -m argine.merkle.one_file > argine_verify.py`.
"""

import ast
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

NAME = "argine_verify.py"
PACKAGE = Path(__file__).parent
PREFIX = "argine.merkle"
BLOCKS = (ast.FunctionDef, ast.ClassDef, ast.If)
# From the ground up: what is read later uses what was read before.
MODULES = (
    "errors", "text_forms", "ed25519", "note", "tree", "checkpoint", "cosignature", "growth", "canonical", "receipt",
    "case_receipt", "offline",
)  # fmt: skip
HEAD = """#!/usr/bin/env python3
# Argine: check receipts of its log. Apache-2.0. One file, Python's standard library only.
# Made of the package argine.merkle by its module one_file: change it there. Tests hold that both say the same.
"""


@dataclass
class Module:
    """One module: its top-level nodes by name, what its names stand for, its text."""

    name: str
    lines: list[str]
    tree: ast.Module
    nodes: dict[str, ast.stmt] = field(default_factory=dict)
    order: list[ast.stmt] = field(default_factory=list)
    own_imports: dict[str, tuple[str, str]] = field(default_factory=dict)  # local name -> (module, name or "")
    foreign: dict[str, tuple[str, str, str]] = field(default_factory=dict)  # local name -> (module, name, written as)


def _read(name: str) -> Module:
    text = (PACKAGE / f"{name}.py").read_text(encoding="utf-8")
    module = Module(name, text.splitlines(), ast.parse(text))
    for node in module.tree.body:
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                _note_import(module, node.module or "", alias)
        elif isinstance(node, ast.Import):
            for alias in node.names:
                module.foreign[alias.asname or alias.name] = ("", alias.name, alias.asname or "")
        else:
            module.order.append(node)
            module.nodes.update(dict.fromkeys(_defined(node), node))
    return module


def _note_import(module: Module, source: str, alias: ast.alias) -> None:
    local = alias.asname or alias.name
    if source == PREFIX:
        module.own_imports[local] = (alias.name, "")
    elif source.startswith(f"{PREFIX}."):
        module.own_imports[local] = (source.removeprefix(f"{PREFIX}."), alias.name)
    else:
        module.foreign[local] = (source, alias.name, alias.asname or "")


def _defined(node: ast.stmt) -> list[str]:
    match node:
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            return [name]
        case ast.Assign(targets=targets):
            return [found.id for target in targets for found in ast.walk(target) if isinstance(found, ast.Name)]
        case ast.AnnAssign(target=ast.Name(id=name)):
            return [name]
    return []


def _uses(module: Module, node: ast.stmt) -> Iterator[tuple[ast.expr, str, str]]:
    """Every mention of a name of ours: where, of which module, which name."""
    for found in ast.walk(node):
        match found:
            case ast.Attribute(value=ast.Name(id=local), attr=name) if (
                module.own_imports.get(local, ("", "x"))[1] == ""
            ):
                yield found, module.own_imports[local][0], name
            case ast.Name(id=local) if local in module.nodes:
                yield found, module.name, local
            case ast.Name(id=local) if module.own_imports.get(local, ("", ""))[1]:
                yield found, *module.own_imports[local]


def _reached(modules: dict[str, Module]) -> dict[str, set[int]]:
    """By module, the nodes that the program needs: all of its own, and what those mention."""
    kept: dict[str, set[int]] = {name: set() for name in modules}
    queue = [("offline", node) for node in modules["offline"].order]
    while queue:
        name, node = queue.pop()
        if id(node) in kept[name]:
            continue
        kept[name].add(id(node))
        for _, other, mentioned in _uses(modules[name], node):
            queue.append((other, modules[other].nodes[mentioned]))
    return kept


def _text_of(module: Module, node: ast.stmt, names: dict[tuple[str, str], str]) -> str:
    decorators = getattr(node, "decorator_list", [])
    first = min([node.lineno, *(decorator.lineno for decorator in decorators)]) - 1
    start = first
    while start and module.lines[start - 1].startswith("#"):
        start -= 1
    lines = module.lines[start : node.end_lineno]
    edits = [(found.lineno, found.col_offset, found.end_col_offset, names[other, name])
             for found, other, name in _uses(module, node)
             if names[other, name] != ast.get_source_segment("\n".join(module.lines), found)]  # fmt: skip
    if isinstance(node, ast.FunctionDef) and names[module.name, node.name] != node.name:
        begin = module.lines[node.lineno - 1].index(node.name)
        edits.append((node.lineno, begin, begin + len(node.name), names[module.name, node.name]))
    for line, begin, end, new in sorted(edits, reverse=True):
        old = lines[line - 1 - start].encode()
        lines[line - 1 - start] = (old[:begin] + new.encode() + old[end:]).decode()
    return "\n".join(lines)


def _new_names(modules: dict[str, Module], kept: dict[str, set[int]]) -> dict[tuple[str, str], str]:
    defined = [(m.name, name) for m in modules.values() for name, node in m.nodes.items() if id(node) in kept[m.name]]
    count = Counter(name for _, name in defined)
    return {(module, name): name if count[name] == 1 else _prefixed(module, name) for module, name in defined}


def _prefixed(module: str, name: str) -> str:
    bare = name.lstrip("_")
    return name[: len(name) - len(bare)] + (module.upper() if bare.isupper() else module) + f"_{bare}"


def _imports(modules: dict[str, Module], kept: dict[str, set[int]]) -> str:
    plain, by_source = set[str](), dict[str, set[str]]()
    for module in modules.values():
        nodes = [node for node in module.order if id(node) in kept[module.name]]
        mentioned = {found.id for node in nodes for found in ast.walk(node) if isinstance(found, ast.Name)}
        for local, (source, name, alias) in module.foreign.items():
            if local in mentioned:
                written = f"{name} as {alias}" if alias else name
                (by_source.setdefault(source, set()) if source else plain).add(written)
    lines = [f"import {name}" for name in sorted(plain)]
    return "\n".join(
        lines + [f"from {source} import {', '.join(sorted(by_source[source]))}" for source in sorted(by_source)]
    )


@cache
def one_file() -> str:
    """The whole program as one text."""
    modules = {name: _read(name) for name in MODULES}
    kept = _reached(modules)
    names = _new_names(modules, kept)
    program_says = ast.get_docstring(modules["offline"].tree, clean=False)
    parts = [f'{HEAD}"""{program_says}"""', _imports(modules, kept)]
    for module in modules.values():
        about = (ast.get_docstring(module.tree) or "").split("\n\n")[0].replace("\n", " ")
        title = "the program" if module.name == "offline" else f"{module.name}: {about}" if about else module.name
        nodes = [node for node in module.order if id(node) in kept[module.name] and not _is_docstring(node)]
        parts.append(f"# {'-' * 20} {title}\n\n{_section(module, nodes, names)}")
    return "\n\n\n".join(parts) + "\n"


def _section(module: Module, nodes: list[ast.stmt], names: dict[tuple[str, str], str]) -> str:
    """The text of nodes: two empty lines around functions and classes, none between constants."""
    text = ""
    for before, node in zip([None, *nodes], nodes, strict=False):
        is_block = isinstance(node, BLOCKS) or isinstance(before, BLOCKS)
        gap = "" if before is None else "\n\n\n" if is_block else "\n"
        text += gap + _text_of(module, node, names)
    return text


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


if __name__ == "__main__":
    sys.stdout.write(one_file())
