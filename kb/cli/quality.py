"""The command that measures search against judged questions."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from kb.cli.console import out, print_json, progress
from kb.services import evaluate as evaluation

Chain = Literal["product", "light10"]
CHAINS: tuple[Chain, ...] = ("product", "light10")


def evaluate(
    folder: Annotated[
        Path, typer.Argument(exists=True, file_okay=False, help="Holds corpus.jsonl, queries.tsv and qrels.tsv.")
    ],
    run: Annotated[Path | None, typer.Option("--run", help="Write the ranking here, in TREC's six columns.")] = None,
    variant: Annotated[str, typer.Option("--variant", help="Ask queries.<variant>.tsv instead.")] = "",
    engine: Annotated[str, typer.Option("--engine", help="The engine to measure.")] = "whoosh",
    chain: Annotated[str, typer.Option("--chain", help="product, or light10: Lucene's ArabicAnalyzer.")] = "product",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Measure search on judged questions, in a throw-away index built by the product's own chain."""
    with progress("Evaluating") as report:
        result = evaluation.evaluate(
            folder, variant=variant, engine=engine, chain=_chain(chain), run=run, progress=report
        )
    figures = {
        "queries": result.queries,
        "nDCG@10": round(result.ndcg10, 4),
        "RR@10": round(result.rr10, 4),
        "R@10": round(result.r10, 4),
        "R@100": round(result.r100, 4),
        "ms per query": round(result.ms_per_query, 2),
    }
    if as_json:
        print_json(figures)
    else:
        for name, value in figures.items():
            out.print(f"{name:<14}{value}")


def _chain(name: str) -> Chain:
    for known in CHAINS:
        if name == known:
            return known
    raise typer.BadParameter("product or light10", param_hint="--chain")
