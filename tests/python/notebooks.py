"""Notebooks, and the types of the package. Run by tests/python/run in an environment that has nbclient, ipykernel and mypy."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
from jupyter_client.manager import start_new_kernel
from nbclient import NotebookClient

import sweepkit
from support import expect, run_all

ROOT = Path(__file__).resolve().parents[2]


def _shown(cell, kind):
    """What the last output of a cell shows in a format."""
    return cell.outputs[-1].data[kind]


def the_notebook_of_the_guide_does_what_it_says(here):
    shutil.copytree(ROOT / "examples" / "notebook", here / "notebook")
    notebook = nbformat.read(here / "notebook" / "grid.ipynb", as_version=4)
    nbformat.validate(notebook)
    NotebookClient(notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": here / "notebook"}}).execute()
    queue, waited, frame, added, curves, report, past = [cell for cell in notebook.cells if cell.cell_type == "code"]
    expect("<b>valley</b>" in _shown(queue, "text/html") and "<b>12</b>" in _shown(queue, "text/html") or "waiting" in _shown(queue, "text/html"), queue.outputs)
    expect(_shown(waited, "text/plain") == "valley: 12 done", waited.outputs)
    expect("momentum" in _shown(frame, "text/html") and "cfg." not in _shown(frame, "text/html"), frame.outputs)
    expect(_shown(added, "text/plain") == "valley: 16 done", added.outputs)
    expect("<table" in _shown(curves, "text/html"), curves.outputs)
    page = _shown(report, "text/html")
    expect("<iframe srcdoc=" in page and "valley" in page and _shown(report, "text/plain").startswith(str(here)), report.outputs)
    expect("random" in _shown(past, "text/html") and "valley" in _shown(past, "text/html"), past.outputs)
    rows = sweepkit.frame(here / "notebook" / "sweeps", "rows")
    expect(len(rows) == 22 and {row["state"] for row in rows} == {"done"}, [row["state"] for row in rows])
    # What the last cell shows first is the least loss that any job has printed.
    logs = (here / "notebook" / "sweeps").glob("*/logs/*/metrics.jsonl")
    least = min(json.loads(log.read_text().splitlines()[-1])["loss"] for log in logs)
    expect(min(row["metrics.loss"] for row in rows) == least, least)
    nbformat.write(notebook, here / "executed.ipynb")
    expect(not any(cell.get("outputs") for cell in json.loads((ROOT / "examples/notebook/grid.ipynb").read_text())["cells"]), "no outputs are kept")


def the_sweep_goes_on_when_the_kernel_dies(here):
    manager, client = start_new_kernel(kernel_name="python3", cwd=str(here))
    code = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
from support import study
import sweepkit
sweep = sweepkit.Sweep(study(jobs=4, command="sleep 0.5; echo colors: $FORCE_COLOR $MPLBACKEND; echo val_acc: {{{{lr}}}}")).setup().launch()
"""
    reply = client.execute_interactive(code, timeout=120)
    expect(reply["content"]["status"] == "ok", reply["content"])
    client.stop_channels()
    # With its process group, as Jupyter does it.
    manager.shutdown_kernel(now=True)
    expect(not manager.is_alive(), "the kernel is dead")
    sweep = sweepkit.Sweep.open(here / "sweeps" / "study")
    expect(sweep.status().done < 4, "it died in the middle")
    expect(dict(sweep.wait(120).status().states) == {"done": 4}, sweep.status())
    expect([row["stdout.val_acc"] for row in sweep.frame("rows")] == [point["lr"] for point in sweep.points()], "what the jobs printed")
    # The kernel has set both for itself.
    expect((sweep.directory / "logs/000000/stdout.log").read_text().startswith("colors:\n"), "variables of the kernel")


def the_package_is_typed(here):
    (here / "user.py").write_text("""
import sweepkit

sweep: sweepkit.Sweep = sweepkit.Sweep({"NAME": "a"}).setup().launch(only=[1, 2])
done: int = sweep.status().done
sweepkit.log(loss=0.5, epoch=1)
sweepkit.log({"val/loss": 0.5})
stop: bool = sweepkit.should_stop()
reveal_type(sweepkit.config())
sweep.launch(wiat=True)
""")
    mypy = [sys.executable, "-m", "mypy", "--strict", "--no-incremental", "--cache-dir=/dev/null"]
    done = subprocess.run([*mypy, "-p", "sweepkit"], capture_output=True, text=True, cwd=here)
    expect(done.returncode == 0, done)
    told = subprocess.run([*mypy, "user.py"], capture_output=True, text=True, cwd=here).stdout
    expect('Revealed type is "builtins.dict[builtins.str, Any]"' in told or 'Revealed type is "dict[str, Any]"' in told, told)
    expect('Unexpected keyword argument "wiat"' in told and "Found 1 error" in told, told)


run_all(globals())
