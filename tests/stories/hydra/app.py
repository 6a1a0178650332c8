"""A Hydra application: polynomials or splines on a noisy sine."""

import logging

import hydra
import numpy
from omegaconf import DictConfig

log = logging.getLogger(__name__)


def features(model, x):
    if model.name == "polynomial":
        return x[:, None] ** numpy.arange(model.degree + 1)
    knots = numpy.linspace(-1, 1, model.knots)
    return numpy.maximum(0, 1 - numpy.abs(x[:, None] - knots) * (model.knots - 1) / 2)


@hydra.main(version_base=None, config_path="conf", config_name="config")
def main(cfg: DictConfig):
    rng = numpy.random.default_rng(cfg.seed)
    x = rng.uniform(-1, 1, 60)
    y = numpy.sin(3 * x) + 0.2 * rng.standard_normal(60)
    test = numpy.linspace(-1, 1, 200)
    a = features(cfg.model, x)
    ridge = numpy.linalg.solve(a.T @ a + cfg.alpha * numpy.eye(a.shape[1]), a.T @ y)
    loss = float(numpy.mean((features(cfg.model, test) @ ridge - numpy.sin(3 * test)) ** 2))
    log.info("val_loss=%.6f", loss)
    print(f"val_loss={loss:.6f}")


main()
