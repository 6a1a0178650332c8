/* Minimises Rosenbrock's function by gradient descent with settings from an INI file. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv) {
    double rate = 0.001, x = -1.2, y = 1.0;
    int steps = 1000;
    char line[256];
    FILE *ini = argc > 1 ? fopen(argv[1], "r") : NULL;
    if (!ini) {
        fprintf(stderr, "usage: solve FILE.ini\n");
        return 2;
    }
    while (fgets(line, sizeof line, ini)) {
        if (!strncmp(line, "rate=", 5)) rate = atof(line + 5);
        if (!strncmp(line, "steps=", 6)) steps = atoi(line + 6);
    }
    fclose(ini);
    for (int i = 0; i < steps; i++) {
        double dx = -2 * (1 - x) - 400 * x * (y - x * x), dy = 200 * (y - x * x);
        x -= rate * dx;
        y -= rate * dy;
    }
    printf("residual = %.6g\n", (1 - x) * (1 - x) + 100 * (y - x * x) * (y - x * x));
    return 0;
}
