"""Makes a large sweep of a small one: its jobs again and again, with numbers of their own and values that differ.

    tile.py FROM TO JOBS

FROM and TO are sweep directories; what is read and written are sweep.parquet and curves.parquet.
"""

import sys
from pathlib import Path

import polars as pl

SAMPLED = ["REGNET.DEPTH", "REGNET.W0", "REGNET.WA", "REGNET.WM", "OPTIM.BASE_LR", "OPTIM.WEIGHT_DECAY"]
# So many jobs are a row group, as sweep_collect writes them.
BLOCK = 256
source, target, jobs = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
target.mkdir(parents=True, exist_ok=True)


def jitter(column, number):
    """The value times a factor from 0.9 to 1.1 that the job's number decides."""
    factor = 0.9 + (number * 7919 % 10_007) / 10_007 * 0.2
    return (pl.col(column) * factor).alias(column)


small = pl.read_parquet(source / "sweep.parquet")
times = -(-jobs // small.height)
large = pl.concat([small] * times).head(jobs)
number = pl.int_range(pl.len(), dtype=pl.Int64)
measured = [name for name, kind in large.schema.items() if kind == pl.Float64]
large = large.with_columns(number.alias("job"), *(jitter(name, number) for name in measured))
cells = [pl.concat_str([pl.lit(f"{key} "), pl.col(f"cfg.{key}").cast(pl.String)]) for key in SAMPLED]
large = large.with_columns(pl.concat_str(cells, separator=" ").alias("sampled"))
large.write_parquet(target / "sweep.parquet", compression="snappy", row_group_size=BLOCK)

curves = pl.read_parquet(source / "curves.parquet")
shifted = (curves.with_columns(pl.col("job") + i * small.height) for i in range(times))
curves = pl.concat(shifted).filter(pl.col("job") < jobs)
curves.write_parquet(target / "curves.parquet", compression="snappy", row_group_size=BLOCK * curves.height // jobs)
