"""Polynomials or splines on a noisy sine, as a Hydra application."""

import hydra
import numpy


def features(model, x):
    if model.name == "polynomial":
        return x[:, None] ** numpy.arange(model.degree + 1)
    knots = numpy.linspace(-1, 1, model.knots)
    return numpy.maximum(0, 1 - numpy.abs(x[:, None] - knots) * (model.knots - 1) / 2)


@hydra.main(version_base=None, config_path="conf", config_name="config")
def main(cfg):
    rng = numpy.random.default_rng(cfg.seed)
    x, test = rng.uniform(-1, 1, 30), numpy.linspace(-1, 1, 200)
    y = numpy.sin(3 * x) + 0.4 * rng.standard_normal(30)
    a = features(cfg.model, x)
    weights = numpy.linalg.solve(a.T @ a + cfg.alpha * numpy.eye(a.shape[1]), a.T @ y)
    print(f"val_loss={numpy.mean((features(cfg.model, test) @ weights - numpy.sin(3 * test)) ** 2):.6f}")


main()
