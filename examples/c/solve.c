/* Minimises Rosenbrock's function by gradient descent with momentum; settings come from an INI file. */
#include <stdio.h>

int main(int argc, char **argv) {
    double rate = 0.001, momentum = 0, x = -1.2, y = 1, vx = 0, vy = 0;
    char line[256];
    FILE *ini = argc > 1 ? fopen(argv[1], "r") : NULL;
    if (!ini) {
        fprintf(stderr, "usage: solve FILE.ini\n");
        return 2;
    }
    while (fgets(line, sizeof line, ini)) {
        sscanf(line, "rate = %lf", &rate);
        sscanf(line, "momentum = %lf", &momentum);
    }
    for (int step = 1; step <= 500; step++) {
        double e = y - x * x;
        vx = momentum * vx + rate * (2 * (1 - x) + 400 * x * e);
        vy = momentum * vy - rate * 200 * e;
        x += vx;
        y += vy;
        if (step % 25 == 0)
            printf("step %d residual = %.6g\n", step, (1 - x) * (1 - x) + 100 * (y - x * x) * (y - x * x));
    }
    return 0;
}
