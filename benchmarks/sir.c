/* The SIR model of sir.mdl by hand: Euler, 64 runs side by side, the last state only.  The limit of what a core can do. */
enum { LANES = 64 };

void run(long blocks, const double *infectivity, const double *duration, double *infectious, double dt, long steps) {
  for (long b = 0; b < blocks; b++) {
    double s[LANES], i[LANES], r[LANES], catching[LANES], recovering[LANES];
    for (int l = 0; l < LANES; l++) {
      s[l] = 995, i[l] = 5, r[l] = 0;
      catching[l] = infectivity[b * LANES + l] / 1000, recovering[l] = 1 / duration[b * LANES + l];
    }
    for (long k = 0; k < steps; k++)
      for (int l = 0; l < LANES; l++) {
        double in = catching[l] * s[l] * i[l], out = i[l] * recovering[l];
        s[l] -= in * dt, i[l] += (in - out) * dt, r[l] += out * dt;
      }
    for (int l = 0; l < LANES; l++) infectious[b * LANES + l] = i[l];
  }
}
