"""Figures of the benches as tables and plots, written into docs/performance.md between marks of their own."""

import math
import platform
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

DOCS = Path(__file__).parent.parent / "docs"
_PAGE = DOCS / "performance.md"
_LIBRARIES = ("whoosh-reloaded", "tantivy", "numpy", "sqlalchemy")
_WIDE, _HIGH, _LEFT, _BELOW = 640, 360, 60, 40
_COLOURS = ("#0b6e4f", "#b5651d", "#44546a", "#8b1e3f", "#7a5195", "#2f4b7c")


def machine() -> str:
    """Return one line about what the figures were measured on."""
    model = next(
        (line.partition(":")[2].strip() for line in _lines(Path("/proc/cpuinfo")) if line.startswith("model name")),
        platform.machine(),
    )
    cores = sum(line.startswith("processor") for line in _lines(Path("/proc/cpuinfo")))
    libraries = ", ".join(f"{name} {version(name)}" for name in _LIBRARIES)
    return f"{model}, {cores} cores; Python {platform.python_version()}, {libraries}."


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def put(name: str, text: str) -> None:
    """Replace what stands between the marks of `name` in the page."""
    start, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    before, _, rest = _PAGE.read_text("utf-8").partition(start)
    after = rest.partition(end)[2]
    _PAGE.write_text(f"{before}{start}\n{text}\n{end}{after}", "utf-8")


def plot(path: Path, title: str, sizes: Sequence[int], lines: Mapping[str, Sequence[float]]) -> None:
    """Draw CPU milliseconds over sizes of the library, both by powers of ten."""
    values = [value for line in lines.values() for value in line]
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    first, last = math.log10(sizes[0]), math.log10(sizes[-1])

    def at(size: float, value: float) -> tuple[float, float]:
        x = _LEFT + (math.log10(size) - first) / (last - first) * (_WIDE - _LEFT - 170)
        return x, _HIGH - _BELOW - (math.log10(value) - low) / (high - low) * (_HIGH - _BELOW - 40)

    drawn = [f'<text x="{_LEFT}" y="20" font-weight="bold">{title}</text>']
    for power in range(low, high + 1):
        x, y = at(sizes[0], 10**power)
        drawn.append(f'<path d="M{x:.0f} {y:.1f}H{_WIDE - 170}" stroke="#ddd"/>')
        drawn.append(f'<text x="{x - 8:.0f}" y="{y + 4:.1f}" text-anchor="end">{10.0**power:g}</text>')
    for size in sizes:
        x, y = at(size, 10**low)
        drawn.append(f'<text x="{x:.0f}" y="{y + 20:.0f}" text-anchor="middle">{size:,}</text>')
    for place, (name, line) in enumerate(lines.items()):
        points = [at(*pair) for pair in zip(sizes, line, strict=True)]
        path_ = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        colour = _COLOURS[place % len(_COLOURS)]
        drawn.append(f'<polyline points="{path_}" fill="none" stroke="{colour}" stroke-width="2"/>')
        drawn += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in points]
        drawn.append(f'<text x="{_WIDE - 165}" y="{50 + 18 * place}" fill="{colour}">{name}</text>')
    body = "\n".join(drawn)
    path.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDE} {_HIGH}" font-family="sans-serif"'
        ' font-size="12">\n'
        f'<rect width="{_WIDE}" height="{_HIGH}" fill="#fff"/>\n{body}\n</svg>\n',
        "utf-8",
    )


def _lines(path: Path) -> Sequence[str]:
    return path.read_text("utf-8").splitlines() if path.exists() else ()
