"""The command that measures search against judged questions."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from kb.cli.console import out, print_json, progress
from kb.services import evaluate as evaluation

Chain = Literal["product", "light10", "exact"]
CHAINS: tuple[Chain, ...] = ("product", "light10", "exact")


def evaluate(
    folder: Annotated[
        Path, typer.Argument(exists=True, file_okay=False, help="Holds corpus.jsonl, queries.tsv and qrels.tsv.")
    ],
    *,
    run: Annotated[Path | None, typer.Option("--run", help="Write the ranking here, in TREC's six columns.")] = None,
    variant: Annotated[str, typer.Option("--variant", help="Ask queries.<variant>.tsv instead.")] = "",
    engine: Annotated[str, typer.Option("--engine", help="The engine to measure.")] = "whoosh",
    chain: Annotated[
        str, typer.Option("--chain", help="product; light10: Lucene's ArabicAnalyzer; exact: words as they are.")
    ] = "product",
    expand: Annotated[
        bool, typer.Option("--expand/--no-expand", help="Widen questions by thesaurus and dictionary.")
    ] = True,
    against: Annotated[
        Path | None, typer.Option("--against", help="An earlier run of the same questions to compare with.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Measure search on judged questions, in a throw-away index built by the product's own chain.

    With --against the nDCG@10 of each question is compared with that of an earlier run: the mean difference, how likely
    chance alone makes it (a randomisation test), and how many questions won and lost.
    """
    with progress("Evaluating") as report:
        result = evaluation.evaluate(
            folder,
            variant=variant,
            engine=engine,
            chain=_chain(chain),
            expand=expand,
            run=run,
            progress=report,
        )
    figures: dict[str, float] = {
        "queries": result.queries,
        "nDCG@10": round(result.ndcg10, 4),
        "RR@10": round(result.rr10, 4),
        "R@10": round(result.r10, 4),
        "R@100": round(result.r100, 4),
        "ms per query": round(result.ms_per_query, 2),
    }
    if against:
        compared = evaluation.compare_with(folder, result, against)
        figures |= {
            "compared": compared.queries,
            "delta": round(compared.delta, 4),
            "p": round(compared.p, 4),
            "wins": compared.wins,
            "losses": compared.losses,
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
    raise typer.BadParameter("product, light10 or exact", param_hint="--chain")
