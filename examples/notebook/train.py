"""A job of the notebook: gradient descent with momentum down a curved valley, by the config that it was given."""

import time

import sweepkit

config = sweepkit.config()
lr, momentum = config["lr"], config["momentum"]
x, y, dx, dy = -1.0, 1.5, 0.0, 0.0
for epoch in range(1, config["epochs"] + 1):
    if sweepkit.should_stop():
        break
    for _ in range(5):
        slope_x, slope_y = -2 * (1 - x) - 40 * x * (y - x * x), 20 * (y - x * x)
        dx, dy = momentum * dx - lr * slope_x, momentum * dy - lr * slope_y
        x, y = max(-9.0, min(9.0, x + dx)), max(-9.0, min(9.0, y + dy))
    sweepkit.log(loss=(1 - x) ** 2 + 10 * (y - x * x) ** 2, epoch=epoch)
    time.sleep(0.02)
